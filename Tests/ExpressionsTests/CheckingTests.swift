import Testing

@testable import Expressions

@Suite(.timeLimit(.minutes(1)))
struct CheckingTests {
    @Test("a mistake is told at its place, with what was probably meant", arguments: Self.all)
    func mistakes(mistake: Mistake) {
        do throws(ExpressionError) {
            _ = try Expression(mistake.source, in: Person.vocabulary)
            Issue.record("taken: \(mistake.source)")
        } catch {
            #expect(error.position == mistake.position, "\(error.message)")
            #expect(error.suggestion == mistake.suggestion, "\(error.message)")
            #expect(error.message.hasSuffix("."))
        }
    }

    private static let all: [Mistake] = [
        Mistake("", at: 0), Mistake("   ", at: 3), Mistake("lower(emial)", at: 6, "email"),
        Mistake("lowr(email)", at: 0, "lower(…)"),
        Mistake("userId", at: 0, "userid"), Mistake("xyzxyz", at: 0), Mistake("email(name)", at: 0, "email"),
        Mistake("lower", at: 0, "lower(text)"), Mistake("lower()", at: 0, "lower(text)"),
        Mistake("lower(email, name)", at: 0, "lower(text)"),
        Mistake("substring(email)", at: 0, "substring(text, start, length?)"),
        Mistake("lower(status)", at: 6, "concat(…)"), Mistake("join(email, \",\")", at: 5, "split(…, \",\")"),
        Mistake("if(email, 1, 2)", at: 3, "… == \"true\""), Mistake("email == 1", at: 9),
        Mistake("status == \"1\"", at: 10, "number(…)"),
        Mistake("if(true, 1, \"a\")", at: 12, "number(…)"),
        Mistake("coalesce(email, direct_leader)", at: 16, "join(…, \",\")"),
        Mistake("direct_leader < direct_leader", at: 14, "=="), Mistake("name and true", at: 0, "… == \"true\""),
        Mistake("'a'", at: 0, "\""), Mistake("lower（email)", at: 5, "("), Mistake("email = \"a\"", at: 6, "=="),
        Mistake("!true", at: 0, "not"), Mistake("true && true", at: 5, "and"), Mistake("\"a", at: 0, "\""),
        Mistake("\"a\\q\"", at: 2, "\\\\"), Mistake("1.2.3", at: 0, "12.5"), Mistake("(email", at: 6, ")"),
        Mistake("lower(email", at: 11, ")"),
        Mistake("email email", at: 6), Mistake("1 < 2 < 3", at: 6, "and"), Mistake("concat(,)", at: 7),
        Mistake("extattr(name)", at: 8, "extattr(\"…\")"), Mistake("extattr(\"\")", at: 8, "extattr(\"…\")"),
        Mistake("matches(name, alias)", at: 14), Mistake("matches(name, \"(\")", at: 14),
        Mistake("matches(name, \"(?=a)\")", at: 14),
        Mistake("matches(name, \"a**\")", at: 14), Mistake("matches(name, \"\\\\1\")", at: 14),
        Mistake("matches(name, \"(a{200}){200}\")", at: 14),
        Mistake("formatDate(name, \"YYYY\")", at: 17, "\"yyyy-MM-dd\""),
    ]

    @Test("what is too long, too deep or too dear is refused, and says where")
    func bounds() {
        let dear = (0..<8).map { _ in "matches(name, \"a{99}\")" }.joined(separator: " or ")
        let deep = String(repeating: "lower(", count: 40) + "name" + String(repeating: ")", count: 40)
        let long = "\"" + String(repeating: "x", count: 2_000) + "\""
        for (source, position) in [(dear, 104), (deep, 192), (long, 2_000)] {
            do throws(ExpressionError) {
                _ = try Expression(source, in: Person.vocabulary)
                Issue.record("taken: \(source.prefix(40))")
            } catch {
                #expect(error.position == position, "\(error.message)")
            }
        }
    }

    @Test("what comes out is known before anybody is looked at")
    func types() throws {
        for (source, type) in [
            ("name", ValueType.text), ("status == 1", .boolean), ("split(name, \",\")", .list), ("date(name)", .date),
            ("if(true, absent, 1)", .number), ("coalesce(absent)", .absent), ("number(name)", .number),
        ] {
            #expect(try Expression(source, in: Person.vocabulary).type == type, "\(source)")
        }
    }
}

/// A source that is not taken, where the mistake is, and what is suggested.
struct Mistake: Sendable, CustomTestStringConvertible {
    let source: String
    let position: Int
    let suggestion: String?
    var testDescription: String { source }

    init(_ source: String, at position: Int, _ suggestion: String? = nil) {
        (self.source, self.position, self.suggestion) = (source, position, suggestion)
    }
}
