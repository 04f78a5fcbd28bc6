public import FoundationEssentials
import JSONCoding

/// A value that a column can be read as. Only an optional accepts null.
public protocol PostgresDecodable: Sendable {
    /// Reads PostgreSQL's text format; `nil` when `column` is not such a value.
    init?(column: String?)

    /// Reads an array of such values; from an array literal unless the type has a better form.
    static func array(column: String) -> [Self]?
}

extension PostgresDecodable {
    /// Reads an array literal of one dimension.
    public static func array(column: String) -> [Self]? {
        guard let elements = ArrayLiteral.parse(column) else { return nil }
        var values: [Self] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            guard let value = Self(column: element) else { return nil }
            values.append(value)
        }
        return values
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value.
    public init?(column: String?) {
        guard let rawValue = RawValue(column: column) else { return nil }
        self.init(rawValue: rawValue)
    }
}

extension PostgresDecodable where Self: LosslessStringConvertible & FixedWidthInteger {
    /// Reads decimal digits.
    public init?(column: String?) {
        guard let column else { return nil }
        self.init(column)
    }
}

extension Int: PostgresDecodable {}
extension Int64: PostgresDecodable {}
extension Int32: PostgresDecodable {}
extension Int16: PostgresDecodable {}

extension String: PostgresDecodable {
    /// The text itself; every type can be read as its text.
    public init?(column: String?) {
        guard let column else { return nil }
        self = column
    }
}

extension Double: PostgresDecodable {
    /// Reads a number, `NaN` or `Infinity`.
    public init?(column: String?) {
        guard let column else { return nil }
        self.init(column)
    }
}

extension Bool: PostgresDecodable {
    /// Reads `t` or `f`.
    public init?(column: String?) {
        switch column {
        case "t": self = true
        case "f": self = false
        default: return nil
        }
    }
}

extension UInt8: PostgresDecodable {
    /// Reads a `bytea` (`\x…`): an array of bytes is one value.
    public static func array(column: String) -> [UInt8]? {
        guard column.hasPrefix(#"\x"#) else { return nil }
        let text = column.utf8
        return Hexadecimal.bytes(of: text.span.extracting(droppingFirst: 2))
    }
}

extension UUID: PostgresDecodable {
    /// Reads the canonical text.
    public init?(column: String?) {
        guard let text = column?.utf8, let (high, low) = UUIDText.read(text.span) else { return nil }
        let halves = (high.bigEndian, low.bigEndian)
        self.init(uuid: withUnsafeBytes(of: halves) { $0.loadUnaligned(as: uuid_t.self) })
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    /// Reads an array literal, or a `bytea` as bytes.
    public init?(column: String?) {
        guard let column, let elements = Element.array(column: column) else { return nil }
        self = elements
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Reads null as `nil`.
    public init?(column: String?) {
        guard let column else {
            self = .none
            return
        }
        guard let value = Wrapped(column: column) else { return nil }
        self = value
    }
}
