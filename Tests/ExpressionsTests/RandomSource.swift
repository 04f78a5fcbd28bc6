@testable import Expressions

/// Makes expressions, patterns and people: the same ones for the same seed.
struct RandomSource {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func word(upTo length: Int) -> String {
        (0..<below(length + 1)).map { _ in one(of: ["a", "b", "ab", "c"]) }.joined()
    }

    mutating func pattern(depth: Int) -> String {
        switch depth == 0 ? below(3) : below(9) {
        case 0, 1: one(of: ["a", "b", "c", "."])
        case 2: one(of: ["[ab]", "[^a]", "[a-b]"])
        case 3: "(\(pattern(depth: depth - 1))|\(pattern(depth: depth - 1)))"
        case 4: "(\(pattern(depth: depth - 1)))\(one(of: ["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}"]))"
        case 5: one(of: ["^", ""]) + pattern(depth: depth - 1)
        case 6: pattern(depth: depth - 1) + one(of: ["$", ""])
        default: pattern(depth: depth - 1) + pattern(depth: depth - 1)
        }
    }

    /// An expression, mostly a good one.
    mutating func expression(depth: Int) -> String {
        if depth == 0 { return leaf() }
        switch below(8) {
        case 0:
            return
                "\(expression(depth: depth - 1)) \(one(of: ["==", "!=", "<", ">=", "and", "or"])) \(expression(depth: depth - 1))"
        case 1: return "not \(expression(depth: depth - 1))"
        case 2: return "(\(expression(depth: depth - 1)))"
        default:
            let function = one(of: FunctionCatalogue.all)
            let count = function.required + below(2)
            let arguments = (0..<count).map { index in
                let isLiteral = function.parameters.prefix(index + 1).last?.isLiteral ?? false
                return isLiteral ? "\"\(pattern(depth: 2))\"" : expression(depth: depth - 1)
            }
            return "\(function.name)(\(arguments.joined(separator: ", ")))"
        }
    }

    private mutating func leaf() -> String {
        switch below(5) {
        case 0: "\(below(2_000) - 1_000)"
        case 1: one(of: ["true", "false", "absent"])
        case 2: "\"\(text())\""
        case 3: "extattr(\"\(one(of: ["工号", "b"]))\")"
        default: one(of: Person.vocabulary.fields.keys.sorted())
        }
    }

    mutating func text() -> String {
        (0..<below(6)).map { _ in
            one(of: ["a", "张", "2024-01-02", "@", "é", " ", ",", "👨‍👩‍👧", "\u{301}", "ⅷ", "0", "-", "\u{0}"])
        }.joined()
    }

    /// A source with something put in, taken out, doubled or changed.
    mutating func mutated(_ source: String) -> String {
        var characters = Array(source)
        for _ in 0...below(3) {
            let place = below(characters.count + 1)
            switch below(4) {
            case 0: characters.insert(one(of: Array("()\",\\.=<>!-19aé张“\u{0} \n{}[]*+?^$|")), at: place)
            case 1: if place < characters.count { characters.remove(at: place) }
            case 2: characters.insert(contentsOf: characters[..<place].suffix(below(40) + 1), at: place)
            default: if place < characters.count { characters[place] = one(of: characters) }
            }
        }
        return String(characters)
    }

    mutating func person() -> Person {
        var fields: [String: String] = [:]
        for field in Person.vocabulary.fields.keys.sorted() + ["extattr.工号", "extattr.b", "departmentPath()"]
        where below(3) > 0 {
            fields[field] = below(20) == 0 ? String(repeating: text() + "x", count: below(1_500)) : text()
        }
        fields["status"] = fields["status"].map { _ in "\(below(6))" }
        return Person(fields)
    }
}
