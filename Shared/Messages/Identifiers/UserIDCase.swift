/// Whether WeCom user ids that differ by case are different people: only where ids are encrypted (`wecom.md` §8 #8).
public enum UserIDCase: String, Codable, Equatable, Sendable, CaseIterable {
    /// `Ann` and `ann` are one.
    case insensitive
    /// `Ann` and `ann` are two.
    case sensitive

    /// The key of a person, by WeCom's user id.
    public func key(of userID: String) -> DirectoryKey {
        DirectoryKey(userID, isCaseSensitive: self == .sensitive)
    }
}
