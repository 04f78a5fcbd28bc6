import JSONCoding

/// The value of one placeholder, as it goes to the server.
public enum Parameter: Hashable, Sendable {
    /// SQL's null.
    case null
    /// A value in PostgreSQL's text format.
    case text(String)
    /// A value in PostgreSQL's text format, as UTF-8.
    case utf8([UInt8])
    /// A `bytea`, byte for byte.
    case bytes([UInt8])

    /// Appends the text format to an array literal's `"…"`, escaped.
    func appendQuoted(to literal: inout [UInt8]) {
        func append(_ bytes: some Sequence<UInt8>) {
            literal.append(UInt8(ascii: "\""))
            for byte in bytes {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { literal.append(UInt8(ascii: "\\")) }
                literal.append(byte)
            }
            literal.append(UInt8(ascii: "\""))
        }
        switch self {
        case .null: literal.append(contentsOf: "NULL".utf8)
        case .text(let text): append(text.utf8)
        case .utf8(let text): append(text)
        case .bytes(let bytes): append(Array(#"\x"#.utf8) + Hexadecimal.digits(of: bytes.span))
        }
    }

    /// PostgreSQL's array literal: `{"a","b",NULL}`.
    static func array(_ elements: some Collection<Parameter>) -> Parameter {
        var literal: [UInt8] = []
        literal.reserveCapacity(2 + 24 * elements.count)
        literal.append(UInt8(ascii: "{"))
        for element in elements {
            if literal.count > 1 { literal.append(UInt8(ascii: ",")) }
            element.appendQuoted(to: &literal)
        }
        literal.append(UInt8(ascii: "}"))
        return .utf8(literal)
    }
}
