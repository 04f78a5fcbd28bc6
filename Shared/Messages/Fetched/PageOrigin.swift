/// Where the people of a page stand in WeCom, and a digest of what WeCom said: by it a page is known again.
public struct PageOrigin: Codable, Equatable, Sendable {
    /// The department that was asked for.
    public var department: Int64
    /// Which part of the department's answer it is, from 0.
    public var part: Int
    /// The digest of the page's array of people, as it travels.
    public var digest: ContentDigest

    /// - Parameters:
    ///   - department: The department that was asked for.
    ///   - part: Which part of the department's answer it is, from 0.
    ///   - digest: The digest of the page's array of people.
    public init(department: Int64, part: Int, digest: ContentDigest) {
        self.department = department
        self.part = part
        self.digest = digest
    }
}
