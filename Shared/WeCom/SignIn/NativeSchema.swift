import JSONCoding

/// The `schema` under which a native app signs in through WeCom, computed from the enterprise and the app:
/// `wwauth`, the corp ID's digits, and the last six digits of the agent ID (wecom.md §4.5).
///
/// Nil for a corp ID encrypted for a provider: native sign-in is only for the enterprise's own apps.
public func nativeSchema(corpID: CorpID, agentID: AgentID) -> String? {
    guard let digits = corpID.plainDigits else { return nil }
    return "wwauth" + digits + lastDigits(of: agentID)
}

/// The last six digits of the agent ID.
private func lastDigits(of agentID: AgentID) -> String {
    let number = String(agentID.rawValue % 1_000_000)
    return String(repeating: "0", count: 6 - number.utf8.count) + number
}

/// How a schema that somebody typed compares with the one that follows from corp ID and agent ID.
///
/// The formula is observed, not documented, so a difference is a warning, not a refusal.
public enum NativeSchemaCheck: Sendable, Hashable {
    /// It is the computed one.
    case matches

    /// It does not look like a schema at all.
    case malformed(NativeSchemaFault)

    /// The corp ID is encrypted, so that only the app's part can be compared, and that fits.
    case fitsApp

    /// The corp ID is encrypted, and the app's part is another app's.
    case otherDigits(expected: String)

    /// It belongs to another enterprise.
    case otherCorp(expected: String)

    /// It belongs to another app of the same enterprise.
    case otherAgent(expected: String)

    /// Compares `schema` with corp ID and agent ID; letter case does not matter.
    public init(_ schema: String, corpID: CorpID, agentID: AgentID) {
        let schema = schema.lowercased()
        if let fault = NativeSchemaFault(schema, digits: 13...16) {
            self = .malformed(fault)
            return
        }
        guard let expected = nativeSchema(corpID: corpID, agentID: agentID) else {
            let digits = lastDigits(of: agentID)
            self = schema.hasSuffix(digits) ? .fitsApp : .otherDigits(expected: digits)
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

    /// A sentence for the form, or nil when all is well.
    public var explanation: String? {
        switch self {
        case .matches, .fitsApp: nil
        case .malformed(let fault): fault.explanation
        case .otherDigits(let expected):
            "the schema belongs to another app of this enterprise: by the agent ID its last six digits are \(expected)"
        case .otherCorp(let expected):
            "the schema belongs to another enterprise: corp ID and agent ID give \(expected)"
        case .otherAgent(let expected):
            "the schema belongs to another app of this enterprise: corp ID and agent ID give \(expected)"
        }
    }
}

/// Why a text cannot be a schema.
public enum NativeSchemaFault: Sendable, Hashable, CaseIterable {
    /// Some of it was replaced by `*`, as WeCom shows it.
    case masked

    /// It does not begin as every schema does.
    case prefix

    /// It is too short or too long.
    case length

    /// It has characters that no schema has.
    case characters

    /// A schema that is whole.
    public static let example = "wwauth1e933be11645237c000012"

    /// Nil for a text that can be a schema; letter case does not matter.
    ///
    /// - Parameter digits: How many hexadecimal digits stand for the corp.
    public init?(_ text: String, digits: ClosedRange<Int> = 16...16) {
        let text = text.lowercased()
        let rest = text.dropFirst("wwauth".count)
        if text.contains("*") || text.contains("＊") || text.contains("•") {
            self = .masked
        } else if !text.hasPrefix("wwauth") {
            self = .prefix
        } else if !digits.contains(rest.utf8.count - 6) {
            self = .length
        } else if !rest.dropLast(6).utf8.allSatisfy({ Hexadecimal.value(of: $0) != nil })
            || !rest.suffix(6).utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            self = .characters
        } else {
            return nil
        }
    }

    /// A phrase for the form.
    public var explanation: String {
        switch self {
        case .masked: "it is masked with *: the whole value is needed, such as \(Self.example)"
        case .prefix: "a schema begins with wwauth, such as \(Self.example)"
        case .length: "a schema has wwauth, 16 digits or letters a to f, and 6 digits, such as \(Self.example)"
        case .characters:
            "after wwauth come 16 characters of 0 to 9 and a to f, and then 6 digits, such as \(Self.example)"
        }
    }
}
