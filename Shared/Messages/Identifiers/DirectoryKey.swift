/// What identifies a person within an identity provider: the WeCom user id, brought to one spelling.
///
/// Plain WeCom user ids are unique without regard to case, encrypted ones with it (`wecom.md` §8 #8).
public struct DirectoryKey: Hashable, Sendable {
    /// The user id in the spelling that is compared.
    public let text: String

    /// - Parameters:
    ///   - userID: The user id as WeCom spells it.
    ///   - isCaseSensitive: Whether the corp's ids are encrypted.
    public init(_ userID: String, isCaseSensitive: Bool) {
        text = isCaseSensitive ? userID : userID.lowercased()
    }

    /// - Parameter text: The spelling that is compared, as it was stored.
    public init(stored text: String) { self.text = text }

    /// What the fetcher, the mapper and the writer count the person by.
    public var digest: ContentDigest { ContentDigest(of: text) }
}
