/// A department, mapped.
public struct DepartmentRecord: Codable, Equatable, Sendable {
    /// WeCom's number of it.
    public var externalID: Int64
    /// The department above it, if WeCom named one; 0 for none.
    public var parentID: Int64?
    /// What it is called. Absent where WeCom does not tell.
    public var name: String?
    /// What it is called in English.
    public var englishName: String?
    /// Its place among its siblings; larger comes first. Absent where WeCom does not tell.
    public var order: Int64?
    /// WeCom user ids of its leaders. Absent where WeCom does not tell.
    public var leaders: [String]?
    /// The digest of all the above.
    public var contentHash: ContentDigest

    /// All of it at once.
    public init(
        externalID: Int64,
        parentID: Int64?,
        name: String?,
        englishName: String? = nil,
        order: Int64?,
        leaders: [String]? = [],
        contentHash: ContentDigest
    ) {
        self.externalID = externalID
        self.parentID = parentID
        self.name = name
        self.englishName = englishName
        self.order = order
        self.leaders = leaders
        self.contentHash = contentHash
    }
}
