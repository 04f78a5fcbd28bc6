import Foundation
import Messages
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)))
struct FilterParserTests {
    private func path(_ text: String) throws -> AttributePath { try #require(AttributePath(text)) }

    @Test("not binds closer than and, and closer than or")
    func precedence() throws {
        let (a, b, c) = (
            FilterExpression.present(try path("a")), FilterExpression.present(try path("b")),
            FilterExpression.present(try path("c"))
        )
        #expect(try FilterParser.parse("a pr or b pr and c pr") == .or(a, .and(b, c)))
        #expect(try FilterParser.parse("(a pr or b pr) and c pr") == .and(.or(a, b), c))
        #expect(try FilterParser.parse("not (a pr) and b pr") == .and(.not(a), b))
        #expect(try FilterParser.parse("a pr and b pr and c pr") == .and(.and(a, b), c))
        #expect(try FilterParser.parse("  NOT(a PR)OR(b pr)  ") == .or(.not(a), b))
    }

    @Test("a filter that is written out and read again is the same, whatever it says")
    func roundTrip() throws {
        var random = RandomFilters(seed: 4_711)
        for _ in 0..<2_000 {
            let filter = random.filter()
            let text = random.text(of: filter)
            #expect(try FilterParser.parse(text) == filter, "\(text)")
        }
    }

    @Test("no text stops the reader: it is a filter or is refused")
    func anything() {
        var random = RandomFilters(seed: 42)
        for _ in 0..<5_000 {
            let text = random.damaged()
            do throws(FilterError) {
                _ = try FilterParser.parse(text)
            } catch {
                #expect(!error.reason.isEmpty)
            }
        }
    }

    @Test("what would cost too much is refused")
    func limits() {
        let filters = [
            String(repeating: "(", count: 30) + "a pr" + String(repeating: ")", count: 30),
            String(repeating: "not (", count: 30) + "a pr" + String(repeating: ")", count: 30),
            Array(repeating: "a pr", count: 101).joined(separator: " or "),
            "a eq \"" + String(repeating: "x", count: 9_000) + "\"",
        ]
        for filter in filters {
            #expect(throws: FilterError.self, "\(filter.prefix(20))") { try FilterParser.parse(filter) }
        }
    }

    @Test("a cursor is read as it was written, for the same query alone")
    func cursors() throws {
        var random = RandomRecords(seed: 7)
        for _ in 0..<200 {
            let place: SCIMCursor.Place =
                random.number(2) == 0 ? .user(UserID(UUID())) : .department(Int64(random.number(1_000_000)) - 500_000)
            let last = SCIMCursor.Last(identityProvider: .make(), place: place)
            let cursor = SCIMCursor(after: random.number(5) == 0 ? nil : last, of: random.number(1_000_000))
            let text = cursor.text(of: "User a")
            #expect(SCIMCursor(text, of: "User a") == cursor)
            #expect(SCIMCursor(text, of: "User b") == nil)
            #expect(SCIMCursor(String(text.dropLast(random.number(20) + 1)), of: "User a") != cursor)
        }
    }
}

/// Filters as chance has them.
private struct RandomFilters {
    private var random: RandomRecords

    init(seed: UInt64) { random = RandomRecords(seed: seed) }

    mutating func filter(depth: Int = 0) -> FilterExpression {
        switch random.number(depth > 3 ? 2 : 6) {
        case 0: .present(path())
        case 1: .compare(path(), comparison(), literal())
        case 2: .not(filter(depth: depth + 1))
        case 3: .and(filter(depth: depth + 1), filter(depth: depth + 1))
        case 4: .or(filter(depth: depth + 1), filter(depth: depth + 1))
        default: .element(path(), .compare(path(), comparison(), literal()))
        }
    }

    mutating func text(of filter: FilterExpression) -> String {
        switch filter {
        case .present(let path): "\(path) pr"
        case .compare(let path, let comparison, let literal):
            "\(path) \(spelt(comparison.rawValue)) \(text(of: literal))"
        case .element(let path, let inner): "\(path)[\(text(of: inner))]"
        case .not(let inner): "\(spelt("not")) (\(text(of: inner)))"
        case .and(let one, let other): "(\(text(of: one))) \(spelt("and")) (\(text(of: other)))"
        case .or(let one, let other): "(\(text(of: one))) \(spelt("or")) (\(text(of: other)))"
        }
    }

    /// A filter of which some bytes are others, or gone.
    mutating func damaged() -> String {
        let filter = filter()
        var characters = Array(text(of: filter))
        for _ in 0..<random.number(4) + 1 where !characters.isEmpty {
            let place = random.number(characters.count)
            if random.number(2) == 0 {
                characters.remove(at: place)
            } else {
                characters[place] = Array("()[]\"\\ .:e9-安\u{0}")[random.number(14)]
            }
        }
        return String(characters)
    }

    private mutating func path() -> AttributePath {
        let names = ["a", "userName", "name.formatted", "urn:x:2.0:User:manager.value", "$ref", "x-y_z"]
        return AttributePath(names[random.number(names.count)]) ?? path()
    }

    private mutating func comparison() -> FilterExpression.Comparison {
        let all = FilterExpression.Comparison.allCases
        return all[random.number(all.count)]
    }

    private mutating func literal() -> FilterExpression.Literal {
        switch random.number(5) {
        case 0: .null
        case 1: .boolean(random.number(2) == 0)
        case 2: .number(Double(random.number(1_000) - 500) / 4)
        case 3: .text(["", "a \"b\" \\ c", "安 ) ] and", "\u{1F600}"][random.number(4)])
        default: .text("x\(random.number(9))")
        }
    }

    private func text(of literal: FilterExpression.Literal) -> String {
        switch literal {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .number(let number): "\(number)"
        case .text(let text):
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
    }

    private mutating func spelt(_ word: String) -> String { random.number(2) == 0 ? word : word.uppercased() }
}
