/// A provider's template (`dk…`, custom-developed apps) or suite (`ww…`, `wx…`, `tj…`, third-party apps).
public struct SuiteID: Sendable, Hashable {
    /// The id.
    public let rawValue: String

    /// Throws ``InvalidIdentifier`` unless the text is 3 to 64 letters, digits, `-` or `_`.
    public init(_ text: String) throws {
        guard IdentifierText.isPlausible(text, lengths: 3...64) else {
            throw InvalidIdentifier(kind: "template ID", rule: "3 to 64 letters and digits, such as dk0123456789abcdef")
        }
        rawValue = text
    }

    /// Whether it is a template of custom-developed apps.
    public var isTemplate: Bool { rawValue.hasPrefix("dk") }
}

extension SuiteID: Codable, CustomStringConvertible {
    /// Reads the string, checked.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// The id.
    public var description: String { rawValue }
}
