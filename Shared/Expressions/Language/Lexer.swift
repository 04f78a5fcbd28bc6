/// Cuts a source into words.
struct Lexer {
    private let characters: [Character]
    private var position = 0
    private var tokens: [Token] = []

    /// - Throws: ``ExpressionError`` at the first character that begins no word.
    static func tokens(of source: String) throws(ExpressionError) -> [Token] {
        var lexer = Lexer(characters: Array(source))
        while try lexer.readToken() {}
        return lexer.tokens
    }

    private init(characters: [Character]) { self.characters = characters }

    private var next: Character? { position < characters.count ? characters[position] : nil }

    private mutating func add(_ kind: Token.Kind, length: Int = 1) {
        tokens.append(Token(kind: kind, position: position))
        position += length
    }

    /// - Returns: Whether it was not the last.
    private mutating func readToken() throws(ExpressionError) -> Bool {
        while let next, next.isWhitespace { position += 1 }
        guard let next else {
            add(.end, length: 0)
            return false
        }
        switch next {
        case "(": add(.open)
        case ")": add(.close)
        case ",": add(.comma)
        case "\"": try readText()
        case "=", "!", "<", ">": try readComparison(next)
        case _ where Self.isOfName(next) && !Self.isDigit(next): readName()
        case _ where Self.isDigit(next) || next == "-": try readNumber()
        default: throw unexpected(next)
        }
        return true
    }

    private mutating func readName() {
        let name = String(characters[position...].prefix(while: Self.isOfName))
        let kind: Token.Kind =
            switch name {
            case "and": .and
            case "or": .or
            case "not": .not
            case "true": .constant(.boolean(true))
            case "false": .constant(.boolean(false))
            case "absent": .constant(.absent)
            default: .name(name)
            }
        add(kind, length: name.count)
    }

    private mutating func readNumber() throws(ExpressionError) {
        let isNegative = next == "-"
        let rest = characters[(position + (isNegative ? 1 : 0))...].prefix { Self.isDigit($0) || $0 == "." }
        let text = (isNegative ? "-" : "") + String(rest)
        guard let number = NumberText.number(text) else {
            throw ExpressionError(
                at: position,
                "\"\(text.prefix(40))\" is no number.",
                suggestion: isNegative ? nil : "12.5"
            )
        }
        add(.number(number), length: text.count)
    }

    private mutating func readComparison(_ first: Character) throws(ExpressionError) {
        let isLong = position + 1 < characters.count && characters[position + 1] == "="
        let word = isLong ? "\(first)=" : String(first)
        guard let comparison = Comparison(rawValue: word) else {
            throw ExpressionError(
                at: position,
                "\"\(word)\" is no operator.",
                suggestion: first == "=" ? "==" : "not"
            )
        }
        add(.comparison(comparison), length: word.count)
    }

    /// A text in double quotes, in which `\"`, `\\`, `\n` and `\t` stand for what cannot.
    private mutating func readText() throws(ExpressionError) {
        var text = ""
        var index = position + 1
        while index < characters.count, characters[index] != "\"" {
            guard characters[index] == "\\" else {
                text.append(characters[index])
                index += 1
                continue
            }
            guard index + 1 < characters.count, let character = Self.escaped(characters[index + 1]) else {
                throw ExpressionError(
                    at: index,
                    "In a text a backslash stands before \", \\, n or t.",
                    suggestion: "\\\\"
                )
            }
            text.append(character)
            index += 2
        }
        guard index < characters.count else {
            throw ExpressionError(at: position, "The text has no end.", suggestion: "\"")
        }
        add(.text(text), length: index + 1 - position)
    }

    private static func escaped(_ character: Character) -> Character? {
        switch character {
        case "\"", "\\": character
        case "n": "\n"
        case "t": "\t"
        default: nil
        }
    }

    private func unexpected(_ character: Character) -> ExpressionError {
        let suggestion: String? =
            switch character {
            case "'", "“", "”", "‘", "’", "「", "」": "\""
            case "（": "("
            case "）": ")"
            case "，", "、": ","
            case "&": "and"
            case "|": "or"
            case "+": "concat(…)"
            default: nil
            }
        return ExpressionError(at: position, "\"\(character)\" means nothing here.", suggestion: suggestion)
    }

    private static func isDigit(_ character: Character) -> Bool {
        character >= "0" && character <= "9" && character.isASCII
    }

    private static func isOfName(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }
}
