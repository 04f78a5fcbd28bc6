/// An app within one enterprise, such as `1000002`.
public struct AgentID: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The number.
    public let rawValue: Int

    /// Nil unless the number is between 1 and 2147483647.
    public init?(rawValue: Int) {
        guard (1...Int(Int32.max)).contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// Throws ``InvalidIdentifier`` unless the number is between 1 and 2147483647.
    public init(_ number: Int) throws {
        guard let id = Self(rawValue: number) else {
            throw InvalidIdentifier(kind: "agent ID", rule: "a number such as 1000002")
        }
        self = id
    }

    /// Reads a number written in digits.
    ///
    /// Throws ``InvalidIdentifier``.
    public init(_ text: String) throws {
        try self.init(text.utf8.count <= 10 ? Int(text) ?? 0 : 0)
    }

    /// The digits.
    public var description: String { String(rawValue) }
}
