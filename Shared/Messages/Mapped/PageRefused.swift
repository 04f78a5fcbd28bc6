/// A page that could not be mapped: what it held is missing from the run, which says nothing about who is gone there.
/// Written by the mapper, read by the writer. Topic `directory.records.v1`.
public struct PageRefused: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("page-refused")

    /// Number of the page.
    public var page: Int
    /// Which page of which department it is, where that is known.
    public var origin: PageOrigin?
    /// Why, in one sentence without a person's data.
    public var reason: String

    /// - Parameters:
    ///   - page: Number of the page.
    ///   - origin: Which page of which department it is, where that is known.
    ///   - reason: Why, in one sentence without a person's data.
    public init(page: Int, origin: PageOrigin? = nil, reason: String) {
        self.page = page
        self.origin = origin
        self.reason = reason
    }
}
