/// Finds a text in another in linear time (Knuth, Morris and Pratt).
enum TextSearch {
    /// The text between the places where another stands.
    static func parts(of text: String, between separator: String) -> [String] {
        let places = places(of: separator, in: text)
        guard !places.isEmpty else { return [text] }
        return pieces(of: text, without: places, of: separator.utf8.count).map(String.init)
    }

    /// The text with another one in the place of one, wherever that stands.
    ///
    /// - Parameter limit: Nil comes of what would be longer, in bytes.
    static func replace(_ what: String, in text: String, with other: String, limit: Int) -> String? {
        let places = places(of: what, in: text)
        guard !places.isEmpty else { return text.utf8.count <= limit ? text : nil }
        let count = text.utf8.count + places.count * (other.utf8.count - what.utf8.count)
        guard count <= limit else { return nil }
        var replaced = ""
        replaced.reserveCapacity(count)
        for (index, piece) in pieces(of: text, without: places, of: what.utf8.count).enumerated() {
            if index > 0 { replaced += other }
            replaced += piece
        }
        return replaced
    }

    /// What is before, between and behind places of so many bytes.
    private static func pieces(of text: String, without places: [Int], of count: Int) -> [Substring] {
        let utf8 = text.utf8
        var pieces: [Substring] = []
        pieces.reserveCapacity(places.count + 1)
        var start = utf8.startIndex
        for place in places {
            let end = utf8.index(utf8.startIndex, offsetBy: place)
            pieces.append(Substring(utf8[start..<end]))
            start = utf8.index(end, offsetBy: count)
        }
        pieces.append(Substring(utf8[start...]))
        return pieces
    }

    /// Where it begins each time, in bytes, without overlaps; nowhere for an empty text.
    private static func places(of what: String, in text: String) -> [Int] {
        let (what, text) = (what.utf8.span, text.utf8.span)
        guard !what.isEmpty, what.count <= text.count else { return [] }
        var index = 0
        while index < text.count, text[index] != what[0] { index += 1 }
        guard index < text.count else { return [] }
        let borders = borders(of: what)
        var places: [Int] = []
        var matched = 0
        while index < text.count {
            while matched > 0, what[matched] != text[index] { matched = borders[matched - 1] }
            if what[matched] == text[index] { matched += 1 }
            index += 1
            if matched == what.count {
                places.append(index - matched)
                matched = 0
            }
        }
        return places
    }

    /// Of each beginning of a text, how much of its end is also its beginning.
    private static func borders(of what: Span<UInt8>) -> [Int] {
        var borders = [0]
        borders.reserveCapacity(what.count)
        var length = 0
        for index in 1..<what.count {
            while length > 0, what[length] != what[index] { length = borders[length - 1] }
            if what[length] == what[index] { length += 1 }
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
