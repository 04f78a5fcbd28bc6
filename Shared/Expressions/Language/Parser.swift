/// Reads an expression: `or` binds least, then `and`, `not`, comparisons, and calls.
struct Parser {
    private let tokens: [Token]
    private var index = 0
    private var depth = 0

    /// - Throws: ``ExpressionError`` at the first word that cannot stand where it does.
    static func parse(_ source: String) throws(ExpressionError) -> Syntax {
        guard source.count <= ExpressionLimits.sourceLength else {
            throw ExpressionError(
                at: ExpressionLimits.sourceLength,
                "An expression has at most \(ExpressionLimits.sourceLength) characters."
            )
        }
        var parser = Parser(tokens: try Lexer.tokens(of: source))
        let syntax = try parser.readAlternatives()
        guard parser.next.kind == .end else {
            throw ExpressionError(at: parser.next.position, "The expression should end here.")
        }
        return syntax
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    /// The last one is the end, and stays.
    private var next: Token { tokens[index] }

    private mutating func take() -> Token {
        defer { if index < tokens.count - 1 { index += 1 } }
        return tokens[index]
    }

    private mutating func deeper<Result>(
        _ read: (inout Parser) throws(ExpressionError) -> Result
    ) throws(ExpressionError) -> Result {
        guard depth < ExpressionLimits.depth else {
            throw ExpressionError(
                at: next.position,
                "Calls and parentheses stand more than \(ExpressionLimits.depth) deep in each other."
            )
        }
        depth += 1
        let result = try read(&self)
        depth -= 1
        return result
    }

    private mutating func readAlternatives() throws(ExpressionError) -> Syntax {
        var left = try readConditions()
        var length = 0
        while next.kind == .or {
            let position = take().position
            length += 1
            try require(length: length, at: position)
            left = Syntax(kind: .or(left, try readConditions()), position: position)
        }
        return left
    }

    private mutating func readConditions() throws(ExpressionError) -> Syntax {
        var left = try readNegation()
        var length = 0
        while next.kind == .and {
            let position = take().position
            length += 1
            try require(length: length, at: position)
            left = Syntax(kind: .and(left, try readNegation()), position: position)
        }
        return left
    }

    /// A chain is as deep as it is long.
    private func require(length: Int, at position: Int) throws(ExpressionError) {
        guard length <= 100 else { throw ExpressionError(at: position, "More than 100 conditions stand in one row.") }
    }

    private mutating func readNegation() throws(ExpressionError) -> Syntax {
        guard next.kind == .not else { return try readComparison() }
        let position = take().position
        let negated = try deeper { parser throws(ExpressionError) in try parser.readNegation() }
        return Syntax(kind: .not(negated), position: position)
    }

    private mutating func readComparison() throws(ExpressionError) -> Syntax {
        let left = try readOperand()
        guard case .comparison(let comparison) = next.kind else { return left }
        let position = take().position
        let right = try readOperand()
        if case .comparison = next.kind {
            throw ExpressionError(at: next.position, "Comparisons do not stand in a row.", suggestion: "and")
        }
        return Syntax(kind: .comparison(comparison, left, right), position: position)
    }

    private mutating func readOperand() throws(ExpressionError) -> Syntax {
        let token = take()
        switch token.kind {
        case .text(let text): return Syntax(kind: .literal(.text(text)), position: token.position)
        case .number(let number): return Syntax(kind: .literal(.number(number)), position: token.position)
        case .constant(let value): return Syntax(kind: .literal(value), position: token.position)
        case .name(let name):
            guard next.kind == .open else { return Syntax(kind: .field(name), position: token.position) }
            return Syntax(kind: .call(name, try readArguments()), position: token.position)
        case .open:
            let inner = try deeper { parser throws(ExpressionError) in try parser.readAlternatives() }
            try expect(.close, "A parenthesis is not closed.", suggestion: ")")
            return inner
        case .end:
            throw ExpressionError(at: token.position, "Something is missing here: a field, a text or a function.")
        default: throw ExpressionError(at: token.position, "A field, a text or a function should stand here.")
        }
    }

    private mutating func readArguments() throws(ExpressionError) -> [Syntax] {
        _ = take()
        var arguments: [Syntax] = []
        if next.kind == .close {
            _ = take()
            return arguments
        }
        repeat {
            arguments.append(try deeper { parser throws(ExpressionError) in try parser.readAlternatives() })
        } while takeComma()
        try expect(.close, "The function's arguments are not closed.", suggestion: ")")
        return arguments
    }

    private mutating func takeComma() -> Bool {
        guard next.kind == .comma else { return false }
        _ = take()
        return true
    }

    private mutating func expect(
        _ kind: Token.Kind,
        _ message: String,
        suggestion: String
    ) throws(ExpressionError) {
        guard next.kind == kind else { throw ExpressionError(at: next.position, message, suggestion: suggestion) }
        _ = take()
    }
}
