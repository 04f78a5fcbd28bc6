/// The answers to one ``AskFor``, with the records of those whom WeCom showed, mapped. Written by the mapper, read by
/// the writer, which applies them by what they say alone. Topic `directory.records.v1`.
public struct FindingsMapped: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("findings-mapped")

    /// Number of the batch that is answered.
    public var batch: Int
    /// How many batches the run asks for.
    public var batches: Int
    /// What WeCom says of each object that was asked for.
    public var findings: [Finding]
    /// Kinds of which the run asks only for some, who stand for the others: what is said of them removes nobody.
    public var sampled: [DirectoryObject.Kind]
    /// What it says of people and departments that the run's lists showed.
    public var witnesses: [Finding]
    /// Tells the visible range from others, as it was after the last answer; absent where it could not be read.
    public var visibleRangeHash: ContentDigest?
    /// The people who are present.
    public var users: [UserRecord]
    /// The departments that are present.
    public var departments: [DepartmentRecord]
    /// Those of the present that could not be mapped.
    public var rejected: [RejectedRecord]
    /// Fields that could not be taken.
    public var fieldProblems: [FieldProblem]
    /// Which fields the rules fill; absent where nothing is said of the others.
    public var fields: MappedFields?
    /// WeCom user ids of those of the present whom the filter leaves out.
    public var filtered: [String]?

    /// All of it at once.
    public init(
        batch: Int,
        batches: Int,
        findings: [Finding],
        sampled: [DirectoryObject.Kind] = [],
        witnesses: [Finding],
        visibleRangeHash: ContentDigest?,
        users: [UserRecord] = [],
        departments: [DepartmentRecord] = [],
        rejected: [RejectedRecord] = [],
        fieldProblems: [FieldProblem] = [],
        fields: MappedFields? = nil,
        filtered: [String]? = nil
    ) {
        self.batch = batch
        self.batches = batches
        self.findings = findings
        self.sampled = sampled
        self.witnesses = witnesses
        self.visibleRangeHash = visibleRangeHash
        self.users = users
        self.departments = departments
        self.rejected = rejected
        self.fieldProblems = fieldProblems
        self.fields = fields
        self.filtered = filtered
    }
}
