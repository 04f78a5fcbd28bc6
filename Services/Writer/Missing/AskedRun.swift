import Messages

/// What is kept of a run whose reading is over and that waits for what WeCom says of those it missed: a column of
/// `directory.runs`, so that whoever has the partition goes on without reading anything again.
struct AskedRun: Codable, Equatable {
    /// Batches that were sent.
    var batches: Int
    /// Those that were answered.
    var answered: Set<Int> = []
    /// Visible range and scope of the run.
    var surroundings: Surroundings
    /// Whether the whole visible range is known: else nobody leaves it.
    var isRangeWhole: Bool
    /// Departments whose people were read whole.
    var readDepartments: Set<Int64>
    /// Kinds of which only a sample is asked for.
    var sampled: Set<DirectoryObject.Kind>
    /// Whether somebody agreed already: no limit holds.
    var isApproval: Bool
    /// Whether nothing of the run fell short.
    var isWhole: Bool
    /// Whether the next run can go on from it.
    var isBasis: Bool
    /// Why it is not as it should be, a sentence each.
    var reasons: [String]
    /// Objects that WeCom shows where its lists did not.
    var notListed = KindCounts()
    /// Of those who stand for others, how many are gone.
    var goneOfSample = KindCounts()
    /// Kinds of which WeCom's word did not count: whom its lists show it did not show by themselves, or the range changed.
    var voidWords: Set<DirectoryObject.Kind> = []
    /// Whether WeCom does not let the app ask.
    var isRefused = false
    /// People who are still held, or were held now.
    var held: Int

    var isAnswered: Bool { answered.count >= batches }
}

/// How many people and departments something concerns.
struct KindCounts: Codable, Equatable {
    private var users = 0
    private var departments = 0

    var total: Int { users + departments }

    subscript(kind: DirectoryObject.Kind) -> Int {
        get { kind == .user ? users : departments }
        set { if kind == .user { users = newValue } else { departments = newValue } }
    }
}

/// A run in that phase, as the partition's holder has it in memory.
struct AskedState: Equatable {
    let head: SourceSegment.RunHead
    var counts: RunCounts
    var asked: AskedRun
    var fieldReports: FieldReports
}
