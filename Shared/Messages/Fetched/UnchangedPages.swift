/// Pages of people that WeCom answered as it did for the run that the directory was last built from; they do not
/// travel. Written by the fetcher, handed on by the mapper, read by the writer. Topics `wecom.records.v1` and
/// `directory.records.v1`.
///
/// The writer takes a page for seen only if it can prove that the directory holds exactly that
/// (architecture.md §3).
public struct UnchangedPages: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("unchanged-pages")

    /// A page that does not travel.
    public struct Page: Codable, Equatable, Sendable {
        /// Which page.
        public var origin: PageOrigin
        /// Its people: the digests of their keys.
        public var users: DigestList

        /// - Parameters:
        ///   - origin: Which page.
        ///   - users: Its people: the digests of their keys.
        public init(origin: PageOrigin, users: DigestList) {
            self.origin = origin
            self.users = users
        }
    }

    /// Number of the message within its holder's part of the run, from 1, shared with the pages that travel.
    public var page: Int
    /// By which rules the pages would be mapped: those of the run's terms.
    public var mappingNumber: MappingNumber
    /// The pages.
    public var pages: [Page]
    /// Tells the mapping that would apply to the pages from others; the mapper adds it.
    public var mapping: ContentDigest?

    /// - Parameters:
    ///   - page: Number of the message within its holder's part of the run.
    ///   - mappingNumber: By which rules the pages would be mapped.
    ///   - pages: The pages.
    ///   - mapping: Tells the mapping that would apply to the pages from others.
    public init(
        page: Int,
        mappingNumber: MappingNumber = .first,
        pages: [Page],
        mapping: ContentDigest? = nil
    ) {
        self.page = page
        self.mappingNumber = mappingNumber
        self.pages = pages
        self.mapping = mapping
    }
}
