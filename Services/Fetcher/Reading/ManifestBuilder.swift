import Messages

/// Counts what a run reads, for its manifest (architecture.md §3.4).
///
/// What falls short makes the manifest incomplete and is named by unit. What WeCom says is gone is told, and makes
/// nothing incomplete: it is as WeCom says.
struct ManifestBuilder: Sendable {
    private let plan: RunPlan
    private let planned: Set<Int64>
    /// Those of the plan whose people were read.
    private(set) var departmentsRead: Set<Int64> = []
    private(set) var users = SeenUsers()
    private var unread: Set<Int64>
    private var shortcomings = Sentences()
    private var notices = Sentences()
    /// People of the visible range whom WeCom does not show.
    private var gone = 0

    init(_ plan: RunPlan) {
        self.plan = plan
        planned = Set(plan.departments.map(\.id))
        unread = Set(plan.unread)
        for reason in plan.shortcomings { note(reason) }
        for notice in plan.notices { tell(notice) }
    }

    /// A department's people were read, by whichever holder of the run. Those of a department that has
    /// left the plan meanwhile count all the same, for they were sent.
    mutating func add(_ department: DepartmentPeople) {
        if planned.contains(department.department) { departmentsRead.insert(department.department) }
        users.add(department.keys)
        for reason in department.shortcomings { note(reason) }
        if !department.shortcomings.isEmpty { note(unread: department.department) }
    }

    /// People were read one by one.
    mutating func add(people keys: [ContentDigest]) { users.add(keys) }

    /// So many people of the visible range are no longer there.
    mutating func add(gone people: Int) { gone += people }

    /// Something could not be read: a sentence.
    mutating func note(_ reason: String) { shortcomings.add(reason) }

    /// People of a department may be missing in what was read.
    mutating func note(unread department: Int64) { unread.insert(department) }

    /// Something is gone in WeCom: a sentence.
    mutating func tell(_ notice: String) { notices.add(notice) }

    /// How far it has come.
    var standing: RunSender.Standing {
        RunSender.Standing(
            departmentsRead: departmentsRead.count,
            departmentsExpected: plan.departments.count,
            usersSeen: users.count
        )
    }

    /// - Parameters:
    ///   - pages: Of this holder's part of the run.
    ///   - findings: What WeCom said of people who were asked for one by one.
    func manifest(pages: Int, findings: [Finding] = []) -> FetchManifest {
        FetchManifest(
            departmentsExpected: plan.departments.count,
            departmentsRead: departmentsRead.count,
            pages: pages,
            distinctUsers: users.count,
            userDigest: users.digest,
            departmentDigest: plan.departmentDigest,
            scopeHash: plan.scopeHash,
            visibleRangeHash: plan.visibleRangeHash,
            unreadDepartments: unread.sorted(),
            isRangeWhole: plan.isRangeWhole,
            findings: findings,
            isComplete: shortcomings.isEmpty,
            incompleteReasons: shortcomings.all("reasons") + notices.all("things that are gone") + goneNotice
        )
    }

    /// One for all of them, whoever held the run when they were asked for.
    private var goneNotice: [String] {
        switch gone {
        case 0: []
        case 1: ["A person of the visible range is no longer there."]
        default: ["\(gone) people of the visible range are no longer there."]
        }
    }
}

/// Sentences of which so many are kept, and the rest counted.
private struct Sentences {
    private static let limit = 50

    private var kept: [String] = []
    private var further = 0

    var isEmpty: Bool { kept.isEmpty }

    mutating func add(_ sentence: String) {
        if kept.count < Self.limit { kept.append(sentence) } else { further += 1 }
    }

    /// - Parameter what: What they speak of, where they are only counted.
    func all(_ what: String) -> [String] { kept + (further > 0 ? ["And \(further) further \(what)."] : []) }
}
