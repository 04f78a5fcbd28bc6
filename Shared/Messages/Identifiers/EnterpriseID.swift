import Sealing

/// The Enterprise Authentication Identifier that employees type into the SASE client.
///
/// Ten characters of an alphabet without look-alikes, compared without regard to case.
public struct EnterpriseID: Hashable, Codable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    package static let length = 10
    package static let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")

    /// The identifier in lower case.
    public let description: String

    /// - Parameter description: What was typed; surrounding spaces and case do not matter.
    public init?(_ description: String) {
        let text = description.split(whereSeparator: \.isWhitespace).joined().lowercased()
        guard text.count == Self.length, text.allSatisfy(Self.alphabet.contains) else { return nil }
        self.description = text
    }

    private init(made text: String) { description = text }

    /// A new identifier, at random.
    public static func make() -> EnterpriseID {
        EnterpriseID(made: RandomText.make(length, of: alphabet))
    }

    /// Decodes the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an enterprise ID")
        }
        self = value
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
