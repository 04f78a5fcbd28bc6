import JSONCoding
import Messages

/// What texts the directory can keep.
enum TextLimits {
    /// The longest value, in bytes of UTF-8: PostgreSQL indexes no longer ones.
    static let longestValue = 2_048
    /// Bytes of an id: 64 in one's own enterprise (`wecom.md` §3.6), twice that with the corp before it
    /// among interconnected ones (§4.4).
    static let longestID = 129

    /// What is the matter with a text; `nil` when it can be kept.
    static func problem(of text: String, longest: Int = longestValue) -> FieldProblem.Kind? {
        let bytes = text.utf8
        guard bytes.count <= longest else { return .tooLong }
        return ByteScan.holdsZero(bytes.span) ? .badCharacter : nil
    }

    /// Whether a text can name a person.
    static func isID(_ text: String) -> Bool { !text.isEmpty && problem(of: text, longest: longestID) == nil }
}
