public import FoundationEssentials

extension Message {
    /// Reads the JSON with Foundation's decoder.
    public static func decode(_ json: [UInt8]) throws -> Self {
        try MessageJSON.decoder.decode(Self.self, from: Data(json))
    }

    /// Writes the JSON with Foundation's encoder.
    public func encode() throws -> [UInt8] {
        [UInt8](try MessageJSON.encoder.encode(self))
    }
}

/// Foundation's coders, set up as every message expects them.
public enum MessageJSON {
    /// Writes keys in order, so that equal messages are equal bytes.
    public static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// Ignores what it does not know.
    public static var decoder: JSONDecoder { JSONDecoder() }
}
