import Testing

@testable import Expressions

@Suite(.timeLimit(.minutes(5)))
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
        Mistake("if(email, 1, 2)", at: 3, "… == \"true\""), Mistake("email == 1", at: 9, "concat(…)"),
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
        Mistake("departmentName", at: 0, "departmentName()"), Mistake("departmentNam()", at: 0, "departmentName(…)"),
        Mistake("departmentName(department)", at: 0, "departmentName()"),
        Mistake("lower(departmentPath())", at: 6, "join(…, \",\")"),
    ]

    @Test("what is too long, too deep or too dear is refused, and says where")
    func bounds() {
        let dear = (0..<8).map { _ in "matches(name, \"a{99}\")" }.joined(separator: " or ")
        let deep = String(repeating: "lower(", count: 40) + "name" + String(repeating: ")", count: 40)
        let long = "\"" + String(repeating: "x", count: 2_000) + "\""
        for (source, position) in [(dear, 118), (deep, 198), (long, 2_000)] {
            do throws(ExpressionError) {
                _ = try Expression(source, in: Person.vocabulary)
                Issue.record("taken: \(source.prefix(40))")
            } catch {
                #expect(error.position == position, "\(error.message)")
            }
        }
    }

    @Test("an expression that needs all the steps that are allowed is taken, and one step more is told at its place")
    func edge() throws {
        func cost(_ source: String) throws -> Int { try Expression(source, in: Person.vocabulary).cost }
        func lowered(_ length: Int) -> String { " or lower(\"\(String(repeating: "x", count: length))\") == \"\"" }
        let limit = ExpressionLimits.cost
        var source = "true == true" + String(repeating: " or matches(name, \"a{99}\")", count: 4)
        // A state costs as much as a name is long; what is left then is less than another one.
        let states = (limit - (try cost(source + " or matches(name, \"a\")"))) / ExpressionLimits.fieldBytes
        source += " or matches(name, \"\(String(repeating: "a", count: 1 + min(states, 90)))\")"
        while limit - (try cost(source)) > 4_100 { source += " or name == name" }
        while limit - (try cost(source)) > 60 {
            source += lowered(min(300, (limit - (try cost(source)) - 8) / 4))
        }
        source += String(repeating: " or \"\" == \"\"", count: limit - (try cost(source)))
        #expect(try cost(source) == limit)
        do throws(ExpressionError) {
            _ = try Expression(source + " or \"\" == \"\"", in: Person.vocabulary)
            Issue.record("taken")
        } catch {
            #expect(error.position == source.count + 7 && error.message.contains("too long"), "\(error.message)")
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
