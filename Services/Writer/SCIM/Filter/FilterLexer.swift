import FoundationEssentials

/// The words of a filter.
struct FilterLexer {
    enum Token: Equatable {
        /// An attribute's path, an operator, or `true`, `false`, `null`.
        case word(String)
        case text(String)
        case number(Double)
        case symbol(Character)

        var shown: String {
            switch self {
            case .word(let word): word
            case .text: "a text"
            case .number(let number): "\(number)"
            case .symbol(let symbol): "\(symbol)"
            }
        }
    }

    private var rest: Substring

    private init(_ text: String) { rest = text[...] }

    /// - Throws: ``FilterError``.
    static func tokens(of text: String) throws(FilterError) -> [Token] {
        var lexer = FilterLexer(text)
        var tokens: [Token] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens
    }

    private mutating func next() throws(FilterError) -> Token? {
        rest = rest.drop { $0 == " " }
        guard let first = rest.first else { return nil }
        switch first {
        case "(", ")", "[", "]":
            rest = rest.dropFirst()
            return .symbol(first)
        case "\"": return .text(try text())
        case "-", "0"..."9": return try number()
        default: return .word(try word())
        }
    }

    private mutating func word() throws(FilterError) -> String {
        let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_$.:".contains($0)) }
        guard !word.isEmpty else {
            throw FilterError("A filter has no \(rest.prefix(1)) outside of texts in quotes.")
        }
        rest = rest[word.endIndex...]
        return String(word)
    }

    private mutating func number() throws(FilterError) -> Token {
        let digits = rest.prefix { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
        guard let number = Double(digits), number.isFinite else {
            throw FilterError("\(digits.prefix(40)) is no number; texts and times stand in quotes.")
        }
        rest = rest[digits.endIndex...]
        return .number(number)
    }

    /// A JSON text, with its escapes.
    private mutating func text() throws(FilterError) -> String {
        var (isEscaped, end) = (false, rest.index(after: rest.startIndex))
        while end < rest.endIndex, isEscaped || rest[end] != "\"" {
            isEscaped = !isEscaped && rest[end] == "\\"
            end = rest.index(after: end)
        }
        guard end < rest.endIndex else { throw FilterError("A text has no quotes at its end.") }
        let json = rest[...end]
        rest = rest[rest.index(after: end)...]
        guard let text = try? JSONDecoder().decode(String.self, from: Data("\(json)".utf8)) else {
            throw FilterError("A text in quotes is written as in JSON.")
        }
        // PostgreSQL has no text with a zero in it.
        guard !text.utf8.contains(0) else { throw FilterError("Leave the zero byte out.") }
        return text
    }
}
