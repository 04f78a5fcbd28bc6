import Testing

@testable import Expressions

@Suite(.timeLimit(.minutes(1)))
struct FunctionTests {
    @Test("each function's example comes out as it is told", arguments: FunctionCatalogue.all.map(\.name))
    func examples(name: String) throws {
        let example = try #require(FunctionCatalogue.function(name)).example
        #expect(example.source.contains("\(name)("))
        #expect(try Person(example.fields).value(of: example.source)?.plainText == example.result)
    }

    @Test("texts are made of texts", arguments: Self.texts)
    func texts(rule: Rule) throws {
        #expect(try Person(rule.fields).value(of: rule.source) == rule.value, "\(rule.source)")
    }

    @Test("lists, choices and comparisons", arguments: Self.choices)
    func choices(rule: Rule) throws {
        #expect(try Person(rule.fields).value(of: rule.source) == rule.value, "\(rule.source)")
    }

    @Test("numbers and dates are read where they are plain, and absent else", arguments: Self.conversions)
    func conversions(rule: Rule) throws {
        #expect(try Person(rule.fields).value(of: rule.source) == rule.value, "\(rule.source)")
    }

    @Test("a text that becomes too long is none")
    func bounds() throws {
        let long = String(repeating: "x", count: 2_000)
        let person = Person(["name": long, "alias": "ab"])
        for source in [
            "concat(name, name, name)", "replace(name, \"x\", \"xyz\")", "pinyin(name)",
            "split(replace(name, \"x\", \"x,\"), \",\")",
        ] {
            #expect(throws: EvaluationError.tooLong, "\(source)") { try person.value(of: source) }
        }
        // What is not needed is not made.
        #expect(try person.value(of: "if(alias == \"ab\", alias, concat(name, name, name))") == .text("ab"))
    }

    struct Rule: Sendable, CustomTestStringConvertible {
        let source: String
        let value: Value
        var fields: [String: String] = [:]
        var testDescription: String { source }

        init(_ source: String, _ value: Value, _ fields: [String: String] = [:]) {
            (self.source, self.value, self.fields) = (source, value, fields)
        }
    }

    private static let texts = [
        Rule("concat(\"a\", absent, 7, 2.5)", .text("a72.5")), Rule("concat(email, mobile)", .absent),
        Rule("lower(\"ÄŞ中\")", .text("äş中")), Rule("upper(\"straße\")", .text("STRASSE")),
        Rule("lower(absent)", .absent),
        Rule("trim(\"\\t\\n \")", .text("")), Rule("trim(\"　全角　\")", .text("全角")), Rule("trim(absent)", .absent),
        Rule("replace(\"aaa\", \"aa\", \"b\")", .text("ba")), Rule("replace(\"abc\", \"\", \"x\")", .text("abc")),
        Rule("replace(\"a.b\", \".\", absent)", .text("ab")), Rule("replace(absent, \"a\", \"b\")", .absent),
        Rule("substring(\"张三丰\", 1)", .text("三丰")), Rule("substring(\"abc\", 1, 1)", .text("b")),
        Rule("substring(\"abc\", 9)", .text("")), Rule("substring(\"abc\", -9, 2)", .text("ab")),
        Rule("substring(\"abc\", 0, -1)", .text("")), Rule("substring(\"👨‍👩‍👧x\", 1)", .text("x")),
        Rule("substring(absent, 1)", .absent),
        Rule("digits(\"１２3-四\")", .text("123")), Rule("digits(\"\")", .text("")), Rule("digits(absent)", .absent),
        Rule("domainOf(\"a@b@C.com\")", .text("c.com")), Rule("domainOf(\"ann\")", .absent),
        Rule("domainOf(\"a@\")", .text("")),
        Rule("pinyin(\"吕布\")", .text("lvbu")), Rule("pinyin(\"Ann 张\", \"-\")", .text("ann-zhang")),
        Rule("pinyin(\"\")", .text("")), Rule("pinyin(absent)", .absent),
        Rule("initials(\"Ann Mary 李\")", .text("aml")), Rule("initials(\"…\")", .text("")),
        Rule("initials(absent)", .absent),
    ]

    private static let choices = [
        Rule("split(\" a ;; b \", \";\")", .list(["a", "b"])), Rule("split(\"\", \",\")", .list([])),
        Rule("split(\"a,b\", \"\")", .list(["a,b"])), Rule("split(absent, \",\")", .absent),
        Rule("join(split(\"a,b\", \",\"), absent)", .text("ab")), Rule("join(direct_leader, \",\")", .absent),
        Rule("first(split(\"\", \",\"))", .absent), Rule("first(split(\"b,a\", \",\"))", .text("b")),
        Rule("contains(\"abc\", \"bc\")", .boolean(true)), Rule("contains(\"abc\", absent)", .boolean(false)),
        Rule("contains(split(\"ab\", \",\"), \"a\")", .boolean(false)),
        Rule("contains(absent, \"a\")", .boolean(false)),
        Rule("coalesce(absent, \"\", \"x\")", .text("x")), Rule("coalesce(\"\", absent)", .absent),
        Rule("coalesce(0, 1)", .number(0)),
        Rule("if(absent, 1, 2)", .number(2)), Rule("if(true, 1)", .number(1)), Rule("if(false, 1)", .absent),
        Rule("matches(\"abc\", \"^b\")", .boolean(false)), Rule("matches(\"abc\", \"b\")", .boolean(true)),
        Rule("matches(absent, \".*\")", .boolean(false)), Rule("matches(\"\", \"^$\")", .boolean(true)),
        Rule("extattr(\"none\")", .absent), Rule("extattr(\"a b\") == \"\"", .boolean(true), ["extattr.a b": ""]),
        Rule("email == absent", .boolean(true)), Rule("email == \"\"", .boolean(false)),
        Rule("email != \"x\"", .boolean(true)),
        Rule("status < 2", .boolean(false)), Rule("status >= 2", .boolean(true), ["status": "2"]),
        Rule("\"a\" < \"b\" and not \"b\" < \"a\"", .boolean(true)), Rule("true or false and false", .boolean(true)),
        Rule("not absent", .boolean(true)), Rule("(true or false) and false", .boolean(false)),
        Rule("-1 < 0.5", .boolean(true)),
        Rule("true == true", .boolean(true)),
    ]

    private static let conversions = [
        Rule("number(\" 12 \")", .number(12)), Rule("number(\"-0.5\")", .number(-0.5)),
        Rule("number(\"1e3\")", .absent),
        Rule("number(\"1.\")", .absent), Rule("number(\"\")", .absent), Rule("number(\"nan\")", .absent),
        Rule("number(absent)", .absent),
        Rule("date(\"2024-2-29\")", .date(CivilDate(year: 2024, month: 2, day: 29)!)),
        Rule("date(\"2023-02-29\")", .absent),
        Rule("date(\"20240301\") == date(\"2024年3月1日\")", .boolean(true)),
        Rule("date(\"2024-03-01T10:00:00Z\") == date(\"2024.3.1\")", .boolean(true)),
        Rule("date(\"2024-3\")", .absent), Rule("date(\"--\")", .absent), Rule("date(\"日日日\")", .absent),
        Rule("date(absent)", .absent),
        Rule("date(\"2024-01-01\") < date(\"2024-01-02\")", .boolean(true)),
        Rule("date(\"x\") < date(\"2024-01-02\")", .boolean(false)),
        Rule("formatDate(\"2024-3-1\", \"yy/M/d\")", .text("24/3/1")), Rule("formatDate(\"x\", \"yyyy\")", .absent),
        Rule("formatDate(date(\"2024-12-09\"), \"dd'd'MM年\")", .text("09d12年")),
        Rule("formatDate(\"2024-3-1\", \"\")", .text("")),
    ]
}
