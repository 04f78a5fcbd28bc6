import JSONCoding

/// The `schema` under which a native app signs in through WeCom, computed from the enterprise and the app:
/// `wwauth`, the corp ID's digits, and the last six digits of the agent ID (wecom.md §4.5).
///
/// Nil for a corp ID encrypted for a provider: native sign-in is only for the enterprise's own apps.
public func nativeSchema(corpID: CorpID, agentID: AgentID) -> String? {
    guard let digits = corpID.plainDigits else { return nil }
    let number = String(agentID.rawValue % 1_000_000)
    return "wwauth" + digits + String(repeating: "0", count: 6 - number.utf8.count) + number
}

/// How a schema that somebody typed compares with the one that follows from corp ID and agent ID.
///
/// The formula is observed, not documented, so a difference is a warning, not a refusal.
public enum NativeSchemaCheck: Sendable, Hashable {
    /// It is the computed one.
    case matches

    /// It does not look like a schema at all.
    case malformed

    /// The corp ID is not a plain one, so that nothing can be computed.
    case notForEncryptedCorp

    /// It belongs to another enterprise.
    case otherCorp(expected: String)

    /// It belongs to another app of the same enterprise.
    case otherAgent(expected: String)

    /// Compares `schema` with corp ID and agent ID; letter case does not matter.
    public init(_ schema: String, corpID: CorpID, agentID: AgentID) {
        let schema = schema.lowercased()
        guard Self.isWellFormed(schema) else {
            self = .malformed
            return
        }
        guard let expected = nativeSchema(corpID: corpID, agentID: agentID) else {
            self = .notForEncryptedCorp
            return
        }
        if schema == expected {
            self = .matches
        } else if schema.dropLast(6) == expected.dropLast(6) {
            self = .otherAgent(expected: expected)
        } else {
            self = .otherCorp(expected: expected)
        }
    }

    /// `^wwauth[0-9a-f]{13,16}[0-9]{6}$`
    private static func isWellFormed(_ schema: String) -> Bool {
        let rest = schema.dropFirst(6)
        return schema.hasPrefix("wwauth") && (19...22).contains(rest.utf8.count)
            && rest.dropLast(6).utf8.allSatisfy { Hexadecimal.value(of: $0) != nil }
            && rest.suffix(6).utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// A sentence for the form, or nil when all is well.
    public var explanation: String? {
        switch self {
        case .matches: nil
        case .malformed:
            "a schema is 'wwauth', 16 digits or letters a to f, and 6 digits, such as wwauth1e933be11645237c000012"
        case .notForEncryptedCorp:
            "the corp ID is encrypted for a provider; native sign-in works only with the enterprise's own app"
        case .otherCorp(let expected):
            "the schema belongs to another enterprise: corp ID and agent ID give \(expected)"
        case .otherAgent(let expected):
            "the schema belongs to another app of this enterprise: corp ID and agent ID give \(expected)"
        }
    }
}
