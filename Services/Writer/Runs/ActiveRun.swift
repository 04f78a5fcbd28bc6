import Messages

/// The run of an identity provider that is under way, as far as the writer has read it.
struct ActiveRun {
    let id: RunID
    let kind: RunSync.Kind
    let isDryRun: Bool
    /// The time that the run's rows carry.
    let requestedAt: Timestamp
    /// Offset of the message that began the run.
    let startOffset: Int64
    /// The holder whose messages count now.
    private(set) var fence: Fence
    /// The last page of this holder that was read.
    private(set) var page = 0
    /// Whether a page of this holder never came.
    private(set) var hasGap = false
    /// Pages that WeCom had not changed, of which it is not proven that the directory holds them.
    var unproven: Set<PageID> = []
    var counts: RunCounts
    private(set) var users = Tally()
    private(set) var departments = Tally()
    var index: SourceIndex

    init(
        id: RunID,
        kind: RunSync.Kind,
        isDryRun: Bool,
        requestedAt: Timestamp,
        startOffset: Int64,
        fence: Fence,
        counts: RunCounts = RunCounts(),
        index: SourceIndex
    ) {
        self.id = id
        self.kind = kind
        self.isDryRun = isDryRun
        self.requestedAt = requestedAt
        self.startOffset = startOffset
        self.fence = fence
        self.counts = counts
        self.index = index
    }

    /// A new holder goes on with the run; its pages count from 1 again.
    mutating func handOver(to fence: Fence) {
        self.fence = fence
        page = 0
        hasGap = false
    }

    /// Notes a page; one that comes again changes nothing.
    mutating func note(page number: Int) {
        if number > page + 1 { hasGap = true }
        page = max(page, number)
    }

    mutating func see(user key: ContentDigest) { users.add(key) }

    mutating func see(department id: Int64) { departments.add(ContentDigest(of: String(id))) }
}

extension ActiveRun {
    /// What can be put back of a run when a segment could not be committed.
    struct Mark {
        let id: RunID
        fileprivate let fence: Fence
        fileprivate let page: Int
        fileprivate let hasGap: Bool
        fileprivate let unproven: Set<PageID>
        fileprivate let counts: RunCounts
        fileprivate let users: Tally
        fileprivate let departments: Tally
    }

    var mark: Mark {
        Mark(
            id: id,
            fence: fence,
            page: page,
            hasGap: hasGap,
            unproven: unproven,
            counts: counts,
            users: users,
            departments: departments
        )
    }

    /// Puts the run back to where it was, its index too.
    mutating func restore(_ mark: Mark) {
        fence = mark.fence
        page = mark.page
        hasGap = mark.hasGap
        unproven = mark.unproven
        counts = mark.counts
        users = mark.users
        departments = mark.departments
        index.rollBack()
    }

    /// What the database has to know of the run.
    var head: SourceSegment.RunHead {
        SourceSegment.RunHead(id: id, kind: kind, isDryRun: isDryRun, requestedAt: requestedAt)
    }
}
