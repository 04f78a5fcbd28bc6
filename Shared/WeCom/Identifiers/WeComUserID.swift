/// A member of one enterprise, as WeCom names them.
///
/// Plain ids are unique without regard to case, encrypted ones are exact (wecom.md §3.6, §8 #8). Which of the two an id
/// is follows from the enterprise's own id: a provider that is given encrypted corp ids is given encrypted user ids.
public struct WeComUserID: Sendable {
    /// The id as it was spelt.
    public let rawValue: String

    /// Whether the id is encrypted for one provider.
    public let isEncrypted: Bool

    /// Takes an id as WeCom gave it.
    ///
    /// Throws ``InvalidIdentifier`` unless it has 1 to 64 bytes without control characters. (Interconnected enterprises
    /// show people as `CorpId/userid`, wecom.md §4.4, and those may be longer: up to 129.)
    public init(_ text: String, isEncrypted: Bool) throws {
        let limit = text.utf8.contains(UInt8(ascii: "/")) ? 129 : 64
        guard (1...limit).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw InvalidIdentifier(kind: "user ID", rule: "1 to 64 letters, digits, -, _, @ or .")
        }
        self.rawValue = text
        self.isEncrypted = isEncrypted
    }

    /// Takes an id of a member of `corp`, and with it the case rule.
    public init(_ text: String, of corp: CorpID) throws {
        try self.init(text, isEncrypted: !corp.isPlain)
    }

    /// What the id is compared by, and what a directory keys the person by.
    public var canonical: String { isEncrypted ? rawValue : rawValue.lowercased() }
}

extension WeComUserID: Hashable, CustomStringConvertible {
    /// Compares as WeCom does.
    public static func == (left: Self, right: Self) -> Bool {
        left.isEncrypted == right.isEncrypted && left.canonical == right.canonical
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }

    /// The id as it was spelt.
    public var description: String { rawValue }
}
