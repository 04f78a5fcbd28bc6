/// An English sentence with places, and what it is in another language.
struct Phrase: Sendable {
    /// A phrase that is not as it should be.
    struct Flaw: Error, CustomStringConvertible {
        let description: String
    }

    /// What may stand in a place.
    enum Place: Sendable { case data, sentence }

    let key: String
    /// What stands before, between and behind the places.
    let pieces: [[UInt8]]
    let places: [Place]
    private let answer: String

    /// How much of it is said by the key itself.
    var literals: Int { pieces.reduce(0) { $0 + $1.count } }

    /// - Throws: ``Flaw`` where places are not numbered from the left, touch each other, or differ.
    init(_ key: String, _ answer: String) throws {
        self.key = key
        self.answer = answer.hasSuffix("。") ? String(answer.dropLast()) : answer
        // Most have no place, and there are many: an expression is compiled each time that it is used.
        let found = key.contains("{") ? key.matches(of: /\{(\d+)(:sentence)?\}/) : []
        places = found.map { $0.2 == nil ? .data : .sentence }
        var (pieces, start): ([[UInt8]], _) = ([], key.startIndex)
        for match in found {
            pieces.append(Array(key[start..<match.range.lowerBound].utf8))
            start = match.range.upperBound
        }
        let last = key[start...]
        pieces.append(Array((last.hasSuffix(".") ? last.dropLast() : last).utf8))
        pieces[0] = Self.beginning(of: pieces[0][...])
        self.pieces = pieces
        let numbers = found.map { String($0.1) }
        guard numbers == (0..<found.count).map({ "\($0 + 1)" }) else {
            throw Flaw(description: "the places of “\(key)” are not numbered from the left")
        }
        guard !pieces.dropFirst().dropLast().contains([]) else {
            throw Flaw(description: "places of “\(key)” touch each other")
        }
        let answered = answer.contains("{") ? answer.matches(of: /\{(\d+)\}/).map { String($0.1) } : []
        guard Set(answered) == Set(numbers) else {
            throw Flaw(description: "the places of “\(key)” and “\(answer)” are not the same")
        }
    }

    /// The text with a small letter at its beginning.
    static func beginning(of text: ArraySlice<UInt8>) -> [UInt8] {
        var text = Array(text)
        if let first = text.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) { text[0] = first | 0x20 }
        return text
    }

    /// What stands in the places of a text; nil where it is another sentence.
    ///
    /// Each piece is looked for behind the one before it and nowhere else: what leaves the shortest places first is enough,
    /// and takes one pass.
    func values(in text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard let first = pieces.first, let last = pieces.last, text.count > first.count + last.count,
            Self.beginning(of: text.prefix(first.count)) == first, text.suffix(last.count) == last[...]
        else { return nil }
        var values: [ArraySlice<UInt8>] = []
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() {
            guard let found = rest.dropFirst().firstRange(of: piece) else { return nil }
            values.append(rest[rest.startIndex..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        guard !rest.isEmpty else { return nil }
        return values + [rest]
    }

    /// The other language's sentence, without the full stop.
    func filled(with values: [String]) -> String {
        var (text, rest) = ("", answer[...])
        while let place = rest.firstMatch(of: /\{(\d+)\}/) {
            text += rest[..<place.range.lowerBound]
            if let number = Int(place.1), values.indices.contains(number - 1) { text += values[number - 1] }
            rest = rest[place.range.upperBound...]
        }
        return text + rest
    }
}
