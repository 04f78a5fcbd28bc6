public import FoundationEssentials
import JSONCoding

/// A UUID that says what it identifies, so that a tenant's can't be taken for a run's.
///
/// Written as lower-case text, in JSON as in PostgreSQL.
public protocol Identifier: Hashable, Codable, Sendable, Comparable, CustomStringConvertible, LosslessStringConvertible
{
    /// The UUID itself.
    var uuid: UUID { get }
    /// - Parameter uuid: The UUID itself.
    init(_ uuid: UUID)
}

extension Identifier {
    /// A new identifier, which sorts after all made before it (UUIDv7, RFC 9562 §5.7).
    public static func make() -> Self { Self(UUIDv7.make()) }

    /// - Parameter description: The UUID as text, in either case.
    public init?(_ description: String) {
        let text = description.utf8
        guard let uuid = UUID(text: text.span) else { return nil }
        self.init(uuid)
    }

    /// The UUID in lower case.
    public var description: String {
        let (high, low) = uuid.halves
        return String(decoding: UUIDText.write(high, low), as: UTF8.self)
    }

    /// Decodes the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a UUID")
        }
        self = value
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// Orders by the text form, which for UUIDv7 is the order of making.
    public static func < (one: Self, other: Self) -> Bool { one.uuid.halves < other.uuid.halves }
}
