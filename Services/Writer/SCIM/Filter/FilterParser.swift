/// Reads filters (RFC 7644 §3.4.2.2): `not` binds closer than `and`, `and` closer than `or`.
struct FilterParser {
    /// The longest filter, in bytes, and how many comparisons and brackets in one another it may have: what costs the
    /// database more is refused.
    private static let (longest, mostTerms, deepest) = (8_192, 100, 20)

    private var tokens: ArraySlice<FilterLexer.Token>
    private var terms = 0
    private var depth = 0
    private var isWithinElement = false

    /// - Throws: ``FilterError``.
    static func parse(_ text: String) throws(FilterError) -> FilterExpression {
        guard text.utf8.count <= longest else { throw FilterError("A filter has at most \(longest) bytes.") }
        var parser = FilterParser(tokens: try FilterLexer.tokens(of: text)[...])
        let filter = try parser.alternatives()
        if let token = parser.tokens.first { throw FilterError("Before \(token.shown), and or or is missing.") }
        return filter
    }

    private init(tokens: ArraySlice<FilterLexer.Token>) { self.tokens = tokens }

    private mutating func alternatives() throws(FilterError) -> FilterExpression {
        var filter = try conjunction()
        while take(word: "or") { filter = .or(filter, try conjunction()) }
        return filter
    }

    private mutating func conjunction() throws(FilterError) -> FilterExpression {
        var filter = try term()
        while take(word: "and") { filter = .and(filter, try term()) }
        return filter
    }

    private mutating func term() throws(FilterError) -> FilterExpression {
        if take(word: "not") {
            guard tokens.first == .symbol("(") else { throw FilterError("After not, write a filter in ( ).") }
            return .not(try term())
        }
        guard take("(") else { return try attribute() }
        let filter = try within { parser throws(FilterError) in try parser.alternatives() }
        guard take(")") else { throw FilterError("A ( has no ).") }
        return filter
    }

    private mutating func attribute() throws(FilterError) -> FilterExpression {
        terms += 1
        guard terms <= Self.mostTerms else { throw FilterError("A filter has at most \(Self.mostTerms) comparisons.") }
        guard case .word(let word)? = tokens.popFirst(), let path = AttributePath(word) else {
            throw FilterError("A comparison begins with the name of an attribute.")
        }
        if take("[") { return try element(of: path) }
        guard case .word(let name)? = tokens.popFirst() else {
            throw FilterError("After \(path), an operator such as eq is missing.")
        }
        if name.lowercased() == "pr" { return .present(path) }
        guard let comparison = FilterExpression.Comparison(rawValue: name.lowercased()) else {
            let all = FilterExpression.Comparison.allCases.map(\.rawValue).joined(separator: ", ")
            throw FilterError("The operators are \(all) and pr, not \(name.prefix(40)).")
        }
        return .compare(path, comparison, try literal())
    }

    private mutating func element(of path: AttributePath) throws(FilterError) -> FilterExpression {
        guard !isWithinElement else { throw FilterError("There are no [ ] within [ ].") }
        isWithinElement = true
        let filter = try within { parser throws(FilterError) in try parser.alternatives() }
        isWithinElement = false
        guard take("]") else { throw FilterError("A [ has no ].") }
        return .element(path, filter)
    }

    private mutating func literal() throws(FilterError) -> FilterExpression.Literal {
        switch tokens.popFirst() {
        case .text(let text): return .text(text)
        case .number(let number): return .number(number)
        case .word("true"): return .boolean(true)
        case .word("false"): return .boolean(false)
        case .word("null"): return .null
        default: throw FilterError("A value is a text in quotes, a number, true, false or null.")
        }
    }

    private mutating func within(
        _ body: (inout FilterParser) throws(FilterError) -> FilterExpression
    ) throws(FilterError) -> FilterExpression {
        depth += 1
        guard depth <= Self.deepest else { throw FilterError("Brackets stand in one another too deep.") }
        let filter = try body(&self)
        depth -= 1
        return filter
    }

    private mutating func take(_ symbol: Character) -> Bool {
        guard tokens.first == .symbol(symbol) else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard case .word(let next)? = tokens.first, next.lowercased() == word else { return false }
        tokens.removeFirst()
        return true
    }
}
