extension String {
    /// The text as it stands in HTML, within quotes and without.
    ///
    /// Looked at byte by byte, as browsers do: before a combining mark a quote is one of theirs, but no character of its own
    /// in Swift.
    public var htmlEscaped: String {
        guard utf8.contains(where: { Self.escape($0) != nil }) else { return self }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count + 32)
        for byte in utf8 {
            if let escape = Self.escape(byte) { bytes += escape.utf8 } else { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escape(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
