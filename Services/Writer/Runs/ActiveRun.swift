import Messages

/// The run of an identity provider that is under way, as far as the writer has read it.
struct ActiveRun {
    let id: RunID
    let kind: RunSync.Kind
    /// Which objects it reads, if it is of that kind.
    let target: RunTarget?
    /// What is decided about, if it is of that kind.
    let selection: HeldSelection?
    let isDryRun: Bool
    /// The run whose plan it carries out, if it does.
    let plan: Epoch?
    /// All that decides what the run means: the writer goes by nothing else.
    let terms: RunTerms
    /// The time that the run's rows carry.
    let requestedAt: Timestamp
    /// Offset of the message that began the run.
    let startOffset: Int64
    /// The holder whose messages count now.
    private(set) var fence: Fence
    /// The pages of this holder.
    private(set) var arrivals = PageArrivals()
    /// What could not be taken in, whoever holds the run.
    private(set) var refusals: Refusals
    /// Whether somebody's record was rejected, be it one of whom not even the id could be read.
    private(set) var hasRejections = false
    /// Records without an id that could be read, and the departments where they were.
    private(set) var anonymous = 0
    private(set) var departmentsWithAnonymous: Set<Int64> = []
    /// How many may still lose access.
    var allowance: Allowance
    /// People whose records are not applied, or not all of them, until somebody decides.
    var withheld: [DirectoryKey: Withheld] = [:]
    /// Whose user ids may be other humans', and what somebody decided about them.
    var reuseDecisions: [ContentDigest: ReuseDecision] = [:]
    /// People who are shown several times, and otherwise.
    var copies = Copies()
    /// The keys of people who never lose access by a run.
    let protected: Set<ContentDigest>
    /// The keys of user ids of which an event of WeCom said that whoever had them is gone, or that somebody has them now.
    let toldReused: Set<ContentDigest>
    /// What the rules mean for people whom the directory has already; `nil` until a page tells.
    private(set) var governance: FieldGovernance?
    private var fields: MappedFields?
    /// The keys of people whom the filter leaves out: they were read, and are missing all the same.
    private(set) var filtered: Set<ContentDigest> = []
    /// Fields that could not be taken.
    var fieldReports: FieldReports
    /// Pages that WeCom had not changed, of which it is not proven that the directory holds them.
    var unproven: Set<PageID> = []
    var counts: RunCounts
    private(set) var users = Tally()
    private(set) var departments = Tally()
    var index: SourceIndex

    init(
        id: RunID,
        kind: RunSync.Kind,
        target: RunTarget? = nil,
        selection: HeldSelection? = nil,
        isDryRun: Bool,
        plan: Epoch? = nil,
        terms: RunTerms,
        requestedAt: Timestamp,
        startOffset: Int64,
        fence: Fence,
        allowance: Allowance = .unlimited,
        counts: RunCounts = RunCounts(),
        refusals: Refusals = Refusals(),
        fieldReports: FieldReports = FieldReports(),
        index: SourceIndex
    ) {
        self.id = id
        self.kind = kind
        self.target = target
        self.selection = selection
        self.isDryRun = isDryRun
        self.plan = plan
        self.terms = terms
        self.requestedAt = requestedAt
        self.startOffset = startOffset
        self.fence = fence
        self.counts = counts
        self.refusals = refusals
        self.allowance = allowance
        self.fieldReports = fieldReports
        self.index = index
        let told = (target?.toldDeleted ?? []) + (target?.toldRenamed ?? []).map(\.to)
        toldReused = Set(told.map { terms.userIDCase.key(of: $0).digest })
        protected = Set(terms.safetyLimits.protectedUsers.map { terms.userIDCase.key(of: $0).digest })
    }

    /// The last page of this holder that was read.
    var page: Int { arrivals.last }

    /// A new holder goes on with the run; its pages count from 1 again.
    mutating func handOver(to fence: Fence) {
        self.fence = fence
        arrivals = PageArrivals()
    }

    /// Notes a page, or a slice of one, with what its people became.
    ///
    /// - Returns: The content of the page, once all of it is there and nobody was rejected.
    @discardableResult
    mutating func note(
        page: Int,
        _ slice: PageSlice? = nil,
        content: ContentDigest = .zero,
        rejected: [RejectedRecord] = [],
        origin: PageOrigin? = nil,
        hasWithheld: Bool = false
    ) -> ContentDigest? {
        if !rejected.isEmpty { hasRejections = true }
        let nameless = rejected.count { $0.externalID == nil }
        anonymous += nameless
        if nameless > 0, let origin { departmentsWithAnonymous.insert(origin.department) }
        return arrivals.note(page, slice, content: content, isWhole: rejected.isEmpty && !hasWithheld)
    }

    /// Notes that something of the run cannot be taken in: it is missing there, and nobody of that department is.
    ///
    /// - Parameters:
    ///   - page: The page that it was, which counts as having come; `nil` where it was none.
    ///   - department: Whose page it was; where that is not known, the run says nothing about who is missing.
    mutating func refuse(page: Int?, of department: Int64? = nil, _ reason: String) {
        refusals.add(reason, in: department)
        if let page { note(page: page) }
    }

    /// Counts a person as read, once.
    mutating func see(user key: ContentDigest) {
        if !filtered.contains(key) { users.add(key) }
    }

    /// Sees a person whom the filter leaves out: read, so that the manifest holds, and not to be in the directory.
    mutating func judge(filtered key: ContentDigest) {
        guard index.users[key]?.verdict == nil, !filtered.contains(key) else { return }
        users.add(key)
        filtered.insert(key)
    }

    /// Learns which fields the run's rules fill.
    mutating func govern(by fields: MappedFields?) {
        guard let fields, fields != self.fields else { return }
        self.fields = fields
        governance = FieldGovernance(fields)
    }

    mutating func see(department id: Int64) { departments.add(ContentDigest(of: String(id))) }
}

extension ActiveRun {
    /// What can be put back of a run when a segment could not be committed.
    struct Mark {
        let id: RunID
        fileprivate let fence: Fence
        fileprivate let arrivals: PageArrivals
        fileprivate let refusals: Refusals
        fileprivate let hasRejections: Bool
        fileprivate let anonymous: Int
        fileprivate let departmentsWithAnonymous: Set<Int64>
        fileprivate let allowance: Allowance
        fileprivate let withheld: [DirectoryKey: Withheld]
        fileprivate let filtered: Set<ContentDigest>
        fileprivate let copies: Copies
        fileprivate let fieldReports: FieldReports
        fileprivate let unproven: Set<PageID>
        fileprivate let counts: RunCounts
        fileprivate let users: Tally
        fileprivate let departments: Tally
    }

    var mark: Mark {
        Mark(
            id: id,
            fence: fence,
            arrivals: arrivals,
            refusals: refusals,
            hasRejections: hasRejections,
            anonymous: anonymous,
            departmentsWithAnonymous: departmentsWithAnonymous,
            allowance: allowance,
            withheld: withheld,
            filtered: filtered,
            copies: copies,
            fieldReports: fieldReports,
            unproven: unproven,
            counts: counts,
            users: users,
            departments: departments
        )
    }

    /// Puts the run back to where it was, its index too.
    mutating func restore(_ mark: Mark) {
        fence = mark.fence
        arrivals = mark.arrivals
        refusals = mark.refusals
        hasRejections = mark.hasRejections
        anonymous = mark.anonymous
        departmentsWithAnonymous = mark.departmentsWithAnonymous
        allowance = mark.allowance
        withheld = mark.withheld
        filtered = mark.filtered
        copies = mark.copies
        fieldReports = mark.fieldReports
        unproven = mark.unproven
        counts = mark.counts
        users = mark.users
        departments = mark.departments
        index.rollBack()
    }

    /// What the database has to know of the run.
    var head: SourceSegment.RunHead {
        SourceSegment.RunHead(
            id: id,
            kind: kind,
            target: target,
            selection: selection,
            isDryRun: isDryRun,
            plan: plan,
            terms: terms,
            requestedAt: requestedAt
        )
    }
}
