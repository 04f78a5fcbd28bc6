/// People, mapped: one page's. Written by the mapper, read by the writer. Topic
/// `directory.records.v1`.
public struct UserBatch: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("user-batch")

    /// Number of the page that they come from.
    public var page: Int
    /// The people.
    public var users: [UserRecord]
    /// Those that could not be mapped.
    public var rejected: [RejectedRecord]

    /// - Parameters:
    ///   - page: Number of the page that they come from.
    ///   - users: The people.
    ///   - rejected: Those that could not be mapped.
    public init(page: Int, users: [UserRecord], rejected: [RejectedRecord] = []) {
        self.page = page
        self.users = users
        self.rejected = rejected
    }
}
