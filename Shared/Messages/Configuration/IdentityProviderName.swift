/// The name of an identity provider: 2–100 characters, each a Chinese character, a letter, a digit,
/// `-` or `_` (product.md, "Create a WeCom identity provider").
public struct IdentityProviderName: Hashable, Sendable, CustomStringConvertible {
    /// How many characters a name has; characters, not bytes.
    public static let length = 2...100

    /// The name.
    public let description: String

    /// - Throws: ``InvalidName`` saying what is wrong.
    public init(_ text: String) throws(InvalidName) {
        guard Self.length.contains(text.count) else { throw .length(text.count) }
        if let character = text.first(where: { !Self.isAllowed($0) }) { throw .character(character) }
        description = text
    }

    /// Why a text is not a name.
    public enum InvalidName: Error, Equatable, Sendable, CustomStringConvertible {
        /// So many characters.
        case length(Int)
        /// A character that no name has.
        case character(Character)

        /// What to do, in one sentence.
        public var description: String {
            switch self {
            case .length(let count):
                "A name has 2 to 100 characters; this one has \(count)."
            case .character(let character):
                "A name has Chinese characters, letters, digits, - and _ only; \"\(character)\" is none of them."
            }
        }
    }

    private static func isAllowed(_ character: Character) -> Bool {
        guard character.unicodeScalars.count == 1, let scalar = character.unicodeScalars.first else { return false }
        if scalar.isASCII { return character.isLetter || character.isNumber || scalar == "-" || scalar == "_" }
        return scalar.properties.isIdeographic || (character.isLetter && scalar.properties.isAlphabetic)
    }
}

extension IdentityProviderName: Codable {
    /// Decodes the text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = try IdentityProviderName(container.decode(String.self))
        } catch let invalid as InvalidName {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: invalid.description)
        }
    }

    /// Encodes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
