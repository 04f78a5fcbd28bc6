/// Finds a text in another in linear time (Knuth, Morris and Pratt).
enum TextSearch {
    /// Where it begins each time, in bytes, without overlaps; nowhere for an empty text.
    static func places(of what: [UInt8], in text: [UInt8]) -> [Int] {
        guard !what.isEmpty, what.count <= text.count else { return [] }
        let borders = borders(of: what)
        var places: [Int] = []
        var matched = 0
        for (index, byte) in text.enumerated() {
            while matched > 0, what[matched] != byte { matched = borders[matched - 1] }
            if what[matched] == byte { matched += 1 }
            if matched == what.count {
                places.append(index + 1 - matched)
                matched = 0
            }
        }
        return places
    }

    /// The text between the places where another stands.
    static func parts(of text: String, between separator: String) -> [String] {
        let (bytes, separator) = (Array(text.utf8), Array(separator.utf8))
        let places = places(of: separator, in: bytes)
        guard !places.isEmpty else { return [text] }
        var start = 0
        var parts: [String] = []
        for place in places {
            parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
            start = place + separator.count
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
        return parts
    }

    /// Of each beginning of a text, how much of its end is also its beginning.
    private static func borders(of what: [UInt8]) -> [Int] {
        var borders = [0]
        var length = 0
        for byte in what.dropFirst() {
            while length > 0, what[length] != byte { length = borders[length - 1] }
            if what[length] == byte { length += 1 }
            borders.append(length)
        }
        return borders
    }

    /// A text without white space before and after it.
    static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
