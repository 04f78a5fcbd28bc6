public import FoundationEssentials
import JSONCoding

/// A value that can be a parameter of a statement.
///
/// A `RawRepresentable` type only has to declare the conformance, and so has an enum of strings.
public protocol PostgresEncodable: Sendable {
    /// The value as it goes to the server.
    var postgresParameter: Parameter { get }

    /// An array of such values; an array literal unless the type has a better form.
    static func postgresParameter(of array: [Self]) -> Parameter
}

extension PostgresEncodable {
    /// An array literal of the elements.
    public static func postgresParameter(of array: [Self]) -> Parameter {
        .array(array.lazy.map(\.postgresParameter))
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// The raw value's parameter.
    public var postgresParameter: Parameter { rawValue.postgresParameter }
}

extension String: PostgresEncodable {
    /// The text itself.
    public var postgresParameter: Parameter { .text(self) }
}

extension Substring: PostgresEncodable {
    /// The text itself.
    public var postgresParameter: Parameter { .text(String(self)) }
}

extension Int: PostgresEncodable {
    /// The decimal digits.
    public var postgresParameter: Parameter { .text(String(self)) }
}

extension Int64: PostgresEncodable {
    /// The decimal digits.
    public var postgresParameter: Parameter { .text(String(self)) }
}

extension Int32: PostgresEncodable {
    /// The decimal digits.
    public var postgresParameter: Parameter { .text(String(self)) }
}

extension Int16: PostgresEncodable {
    /// The decimal digits.
    public var postgresParameter: Parameter { .text(String(self)) }
}

extension Double: PostgresEncodable {
    /// The shortest digits that read back as the same number.
    public var postgresParameter: Parameter { .text(description) }
}

extension Bool: PostgresEncodable {
    /// `t` or `f`.
    public var postgresParameter: Parameter { .text(self ? "t" : "f") }
}

extension UInt8: PostgresEncodable {
    /// The decimal digits.
    public var postgresParameter: Parameter { .text(String(self)) }

    /// A `bytea`: an array of bytes is one value.
    public static func postgresParameter(of array: [UInt8]) -> Parameter { .bytes(array) }
}

extension UUID: PostgresEncodable {
    /// The canonical text, in lower case.
    public var postgresParameter: Parameter {
        let (high, low) = withUnsafeBytes(of: uuid) { $0.loadUnaligned(as: (UInt64, UInt64).self) }
        return .utf8(UUIDText.write(high.bigEndian, low.bigEndian))
    }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
    /// An array literal, or a `bytea` for an array of bytes.
    public var postgresParameter: Parameter { Element.postgresParameter(of: self) }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// Null, or the value's own parameter.
    public var postgresParameter: Parameter { self?.postgresParameter ?? .null }
}
