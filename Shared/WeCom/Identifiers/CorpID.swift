import JSONCoding

/// An enterprise in WeCom: plain (`ww` or `wx` and 16 hexadecimal digits) or encrypted for one provider (`wp…`).
///
/// Plain ids are compared without regard to case and keep the spelling they came with; encrypted ones are compared
/// exactly (wecom.md §8 #8).
public struct CorpID: Sendable {
    /// The id as it was spelt.
    public let rawValue: String

    /// Throws ``InvalidIdentifier`` unless the text is 3 to 64 letters, digits, `-` or `_`.
    public init(_ text: String) throws {
        guard IdentifierText.isPlausible(text, lengths: 3...64) else {
            throw InvalidIdentifier(kind: "corp ID", rule: "3 to 64 letters and digits, such as ww1e933be11645237c")
        }
        rawValue = text
    }

    /// Whether the id is the enterprise's own, the same for everybody, and not one encrypted for a provider.
    public var isPlain: Bool {
        rawValue.utf8.count == 18 && plainDigits != nil
    }

    /// What the id is compared by.
    public var canonical: String { isPlain ? rawValue.lowercased() : rawValue }

    /// What follows `ww` or `wx`, in lower case; 13 digits are those of a shortened sample in WeCom's documentation.
    var plainDigits: String? {
        let prefix = rawValue.prefix(2).lowercased()
        let digits = rawValue.dropFirst(2)
        guard
            prefix == "ww" || prefix == "wx", (13...16).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ Hexadecimal.value(of: $0) != nil })
        else { return nil }
        return digits.lowercased()
    }
}

extension CorpID: Hashable {
    /// Compares as WeCom does.
    public static func == (left: Self, right: Self) -> Bool { left.canonical == right.canonical }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}

extension CorpID: Codable, CustomStringConvertible {
    /// Reads the string, checked.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the string as it was spelt.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// The id as it was spelt.
    public var description: String { rawValue }
}
