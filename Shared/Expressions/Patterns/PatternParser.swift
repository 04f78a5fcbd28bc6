/// Reads the subset of regular expressions that can be run in linear time: characters, `.`, classes, `\d \w \s` and their
/// opposites, groups, `|`, `* + ? {m,n}`, `^` and `$`. There are no back references, no looking around and no lazy ones.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    /// - Throws: ``PatternError`` where it is none of that subset.
    static func parse(_ source: String) throws(PatternError) -> PatternSyntax {
        var parser = PatternParser(scalars: Array(source.unicodeScalars))
        let syntax = try parser.readAlternatives()
        guard parser.next == nil else { throw parser.error("A \")\" has no \"(\".") }
        return syntax
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private func error(_ message: String) -> PatternError { PatternError(position: index, message: message) }

    private mutating func readAlternatives() throws(PatternError) -> PatternSyntax {
        var alternatives = [try readSequence()]
        while next == "|" {
            index += 1
            alternatives.append(try readSequence())
        }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func readSequence() throws(PatternError) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let next, next != "|", next != ")" {
            let part = try readPart(next)
            parts.append(try readRepetition(of: part))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func readPart(_ first: Unicode.Scalar) throws(PatternError) -> PatternSyntax {
        switch first {
        case "(": return try readGroup()
        case "[": return .scalars(try readClass())
        case "\\": return .scalars(try readEscape())
        case "*", "+", "?", "{":
            throw error("\"\(first)\" repeats nothing here. Before a character of its own it needs a backslash.")
        default: break
        }
        index += 1
        switch first {
        case ".": return .scalars(.anyButNewline)
        case "^": return .start
        case "$": return .end
        default: return .scalars(ScalarSet(first))
        }
    }

    private mutating func readGroup() throws(PatternError) -> PatternSyntax {
        guard depth < 16 else { throw error("Groups stand more than 16 deep in each other.") }
        index += 1
        if next == "?" {
            guard index + 1 < scalars.count, scalars[index + 1] == ":" else {
                throw error("Groups with \"?\" are not part of these patterns, but for \"(?:\".")
            }
            index += 2
        }
        depth += 1
        let inner = try readAlternatives()
        depth -= 1
        guard next == ")" else { throw error("A \"(\" has no \")\".") }
        index += 1
        return inner
    }

    private mutating func readRepetition(of part: PatternSyntax) throws(PatternError) -> PatternSyntax {
        let bounds: (Int, Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{": bounds = try readBounds()
        default: return part
        }
        index += 1
        if let next, "*+?{".unicodeScalars.contains(next) {
            throw error("A repetition is not repeated: lazy and possessive ones are not part of these patterns.")
        }
        return .repeated(part, bounds.0, bounds.1)
    }

    /// Reads `{3}`, `{3,}` or `{3,5}` up to its closing brace.
    private mutating func readBounds() throws(PatternError) -> (Int, Int?) {
        index += 1
        let least = readNumber()
        var most = least
        if next == "," {
            index += 1
            most = readNumber()
        }
        guard let least, next == "}", most.map({ $0 >= least }) ?? true, least <= 200, most ?? 0 <= 200 else {
            throw error("A count is written {3}, {3,} or {3,5}, with at most 200.")
        }
        return (least, most)
    }

    private mutating func readNumber() -> Int? {
        let digits = scalars[index...].prefix(4) { ("0"..."9").contains($0) }
        index += digits.count
        return Int(String(String.UnicodeScalarView(digits)))
    }

    private mutating func readEscape() throws(PatternError) -> ScalarSet {
        guard index + 1 < scalars.count else { throw error("A backslash stands at the end.") }
        let escaped = scalars[index + 1]
        let set: ScalarSet
        switch escaped {
        case "d": set = .digits
        case "D": set = ScalarSet.digits.inverted
        case "w": set = .words
        case "W": set = ScalarSet.words.inverted
        case "s": set = .spaces
        case "S": set = ScalarSet.spaces.inverted
        case "n": set = ScalarSet("\n")
        case "t": set = ScalarSet("\t")
        case _ where escaped.properties.isAlphabetic || ("0"..."9").contains(escaped):
            throw error("\"\\\(escaped)\" is not part of these patterns.")
        default: set = ScalarSet(escaped)
        }
        index += 2
        return set
    }

    /// Reads `[a-z_]` or `[^0-9]`.
    private mutating func readClass() throws(PatternError) -> ScalarSet {
        index += 1
        var set = ScalarSet()
        let isNegated = next == "^"
        if isNegated { index += 1 }
        var isFirst = true
        while let next, next != "]" || isFirst {
            isFirst = false
            if next == "\\" {
                let escaped = try readEscape()
                guard !escaped.isNegated else { throw error("The opposite of a class cannot stand in brackets.") }
                set.formUnion(escaped)
                continue
            }
            index += 1
            set.insert(next.value...(try readUpperBound(from: next)).value)
        }
        guard next == "]" else { throw error("A \"[\" has no \"]\".") }
        index += 1
        set.isNegated = isNegated
        return set
    }

    /// Reads the end of a range, if the character begins one.
    private mutating func readUpperBound(from lower: Unicode.Scalar) throws(PatternError) -> Unicode.Scalar {
        guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else { return lower }
        let upper = scalars[index + 1]
        guard upper >= lower, upper != "\\" else { throw error("The range from \(lower) to \(upper) is none.") }
        index += 2
        return upper
    }
}

extension ArraySlice<Unicode.Scalar> {
    /// The first of them, up to a number, that satisfy a condition.
    fileprivate func prefix(_ most: Int, while isTaken: (Unicode.Scalar) -> Bool) -> ArraySlice {
        prefix(most).prefix(while: isTaken)
    }
}
