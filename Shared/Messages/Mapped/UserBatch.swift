/// People, mapped: one page's. Written by the mapper, read by the writer. Topic
/// `directory.records.v1`.
public struct UserBatch: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("user-batch")

    /// Number of the page that they come from.
    public var page: Int
    /// Which part of the page this is; absent where it is all of it.
    public var slice: PageSlice?
    /// The people.
    public var users: [UserRecord]
    /// Those that could not be mapped.
    public var rejected: [RejectedRecord]
    /// Fields that could not be taken.
    public var fieldProblems: [FieldProblem]
    /// Which page of which department they come from; absent for people who were asked for one by one.
    public var origin: PageOrigin?
    /// Tells the mapping from others; absent where there is no origin.
    public var mapping: ContentDigest?
    /// Which fields the rules fill; absent where nothing is said of the others.
    public var fields: MappedFields?
    /// WeCom user ids of those whom the filter leaves out: they were read, and are not to be in the directory.
    public var filtered: [String]?

    /// - Parameters:
    ///   - page: Number of the page that they come from.
    ///   - slice: Which part of the page this is; nil where it is all of it.
    ///   - users: The people.
    ///   - rejected: Those that could not be mapped.
    ///   - fieldProblems: Fields that could not be taken.
    ///   - origin: Which page of which department they come from.
    ///   - mapping: Tells the mapping from others.
    ///   - fields: Which fields the rules fill.
    ///   - filtered: Those whom the filter leaves out; nil for nobody.
    public init(
        page: Int,
        slice: PageSlice? = nil,
        users: [UserRecord],
        rejected: [RejectedRecord] = [],
        fieldProblems: [FieldProblem] = [],
        origin: PageOrigin? = nil,
        mapping: ContentDigest? = nil,
        fields: MappedFields? = nil,
        filtered: [String]? = nil
    ) {
        self.page = page
        self.slice = slice
        self.users = users
        self.rejected = rejected
        self.fieldProblems = fieldProblems
        self.origin = origin
        self.mapping = mapping
        self.fields = fields
        self.filtered = filtered
    }
}
