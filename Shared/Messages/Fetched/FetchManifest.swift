/// What a run has read, so that those behind it can prove that all of it arrived (architecture.md §3).
public struct FetchManifest: Codable, Equatable, Sendable {
    /// Departments of the visible range and the scope.
    public var departmentsExpected: Int
    /// Those whose people were read.
    public var departmentsRead: Int
    /// Pages of this holder's part of the run.
    public var pages: Int
    /// Distinct people, over all holders of the run.
    public var distinctUsers: Int
    /// The sum of the digests of their keys.
    public var userDigest: ContentDigest
    /// The sum of the digests of the departments' ids (as decimal text).
    public var departmentDigest: ContentDigest
    /// Tells one scope from another.
    public var scopeHash: ContentDigest
    /// Tells one visible range from another.
    public var visibleRangeHash: ContentDigest
    /// Departments whose people were not read, or not all of them: whoever is missing there may be there. One of which
    /// WeCom says that it is gone is not among them.
    public var unreadDepartments: [Int64]
    /// Whether the whole visible range is known: with a tag unread, nobody leaves it.
    public var isRangeWhole: Bool
    /// What WeCom said of the people that a run of kind `objects` asked for one by one.
    public var findings: [Finding]
    /// Whether all of the range and the scope was read.
    public var isComplete: Bool
    /// Why it was not, a sentence each.
    public var incompleteReasons: [String]

    /// All of it at once.
    public init(
        departmentsExpected: Int,
        departmentsRead: Int,
        pages: Int,
        distinctUsers: Int,
        userDigest: ContentDigest,
        departmentDigest: ContentDigest,
        scopeHash: ContentDigest,
        visibleRangeHash: ContentDigest,
        unreadDepartments: [Int64] = [],
        isRangeWhole: Bool = true,
        findings: [Finding] = [],
        isComplete: Bool,
        incompleteReasons: [String] = []
    ) {
        self.departmentsExpected = departmentsExpected
        self.departmentsRead = departmentsRead
        self.pages = pages
        self.distinctUsers = distinctUsers
        self.userDigest = userDigest
        self.departmentDigest = departmentDigest
        self.scopeHash = scopeHash
        self.visibleRangeHash = visibleRangeHash
        self.unreadDepartments = unreadDepartments
        self.isRangeWhole = isRangeWhole
        self.findings = findings
        self.isComplete = isComplete
        self.incompleteReasons = incompleteReasons
    }
}
