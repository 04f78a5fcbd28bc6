import Testing

@testable import Expressions

@Suite(.timeLimit(.minutes(5)))
struct FunctionTests {
    @Test("each function's example comes out as it is told", arguments: FunctionCatalogue.all.map(\.name))
    func examples(name: String) throws {
        let example = try #require(FunctionCatalogue.function(name)).example
        #expect(example.source.contains("\(name)("))
        #expect(try Person(example.fields).value(of: example.source)?.plainText == example.result)
    }

    @Test("texts are made of texts", arguments: Self.textRules)
    func texts(rule: FunctionRule) throws {
        #expect(try Person(rule.fields).value(of: rule.source) == rule.value, "\(rule.source)")
    }

    @Test("lists, choices and comparisons", arguments: Self.choiceRules)
    func choices(rule: FunctionRule) throws {
        #expect(try Person(rule.fields).value(of: rule.source) == rule.value, "\(rule.source)")
    }

    @Test("numbers and dates are read where they are plain, and absent else", arguments: Self.conversionRules)
    func conversions(rule: FunctionRule) throws {
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

    private static let textRules: [FunctionRule] = [
        FunctionRule("concat(\"a\", absent, 7, 2.5)", .text("a72.5")), FunctionRule("concat(email, mobile)", .absent),
        FunctionRule("lower(\"ÄŞ中\")", .text("äş中")), FunctionRule("upper(\"straße\")", .text("STRASSE")),
        FunctionRule("lower(absent)", .absent),
        FunctionRule("trim(\"\\t\\n \")", .text("")), FunctionRule("trim(\"　全角　\")", .text("全角")),
        FunctionRule("trim(absent)", .absent),
        FunctionRule("replace(\"aaa\", \"aa\", \"b\")", .text("ba")),
        FunctionRule("replace(\"abc\", \"\", \"x\")", .text("abc")),
        FunctionRule("replace(\"a.b\", \".\", absent)", .text("ab")),
        FunctionRule("replace(absent, \"a\", \"b\")", .absent),
        FunctionRule("substring(\"张三丰\", 1)", .text("三丰")), FunctionRule("substring(\"abc\", 1, 1)", .text("b")),
        FunctionRule("substring(\"abc\", 9)", .text("")), FunctionRule("substring(\"abc\", -9, 2)", .text("ab")),
        FunctionRule("substring(\"abc\", 0, -1)", .text("")), FunctionRule("substring(\"👨‍👩‍👧x\", 1)", .text("x")),
        FunctionRule("substring(absent, 1)", .absent),
        FunctionRule("digits(\"１２3-四\")", .text("123")), FunctionRule("digits(\"\")", .text("")),
        FunctionRule("digits(absent)", .absent),
        FunctionRule("domainOf(\"a@b@C.com\")", .text("c.com")), FunctionRule("domainOf(\"ann\")", .absent),
        FunctionRule("domainOf(\"a@\")", .text("")),
        FunctionRule("pinyin(\"吕布\")", .text("lvbu")), FunctionRule("pinyin(\"Ann 张\", \"-\")", .text("ann-zhang")),
        FunctionRule("pinyin(\"\")", .text("")), FunctionRule("pinyin(absent)", .absent),
        FunctionRule("initials(\"Ann Mary 李\")", .text("aml")), FunctionRule("initials(\"…\")", .text("")),
        FunctionRule("initials(absent)", .absent),
    ]

    private static let choiceRules: [FunctionRule] = [
        FunctionRule("split(\" a ;; b \", \";\")", .list(["a", "b"])), FunctionRule("split(\"\", \",\")", .list([])),
        FunctionRule("split(\"a,b\", \"\")", .list(["a,b"])), FunctionRule("split(absent, \",\")", .absent),
        FunctionRule("join(split(\"a,b\", \",\"), absent)", .text("ab")),
        FunctionRule("join(direct_leader, \",\")", .absent),
        FunctionRule("first(split(\"\", \",\"))", .absent), FunctionRule("first(split(\"b,a\", \",\"))", .text("b")),
        FunctionRule("contains(\"abc\", \"bc\")", .boolean(true)),
        FunctionRule("contains(\"abc\", absent)", .boolean(false)),
        FunctionRule("contains(split(\"ab\", \",\"), \"a\")", .boolean(false)),
        FunctionRule("contains(absent, \"a\")", .boolean(false)),
        FunctionRule("coalesce(absent, \"\", \"x\")", .text("x")), FunctionRule("coalesce(\"\", absent)", .absent),
        FunctionRule("coalesce(0, 1)", .number(0)),
        FunctionRule("if(absent, 1, 2)", .number(2)), FunctionRule("if(true, 1)", .number(1)),
        FunctionRule("if(false, 1)", .absent),
        FunctionRule("matches(\"abc\", \"^b\")", .boolean(false)),
        FunctionRule("matches(\"abc\", \"b\")", .boolean(true)),
        FunctionRule("matches(absent, \".*\")", .boolean(false)), FunctionRule("matches(\"\", \"^$\")", .boolean(true)),
        FunctionRule("extattr(\"none\")", .absent),
        FunctionRule("extattr(\"a b\") == \"\"", .boolean(true), ["extattr.a b": ""]),
        FunctionRule("email == absent", .boolean(true)), FunctionRule("email == \"\"", .boolean(false)),
        FunctionRule("email != \"x\"", .boolean(true)),
        FunctionRule("status < 2", .boolean(false)), FunctionRule("status >= 2", .boolean(true), ["status": "2"]),
        FunctionRule("\"a\" < \"b\" and not \"b\" < \"a\"", .boolean(true)),
        FunctionRule("true or false and false", .boolean(true)),
        FunctionRule("not absent", .boolean(true)), FunctionRule("(true or false) and false", .boolean(false)),
        FunctionRule("-1 < 0.5", .boolean(true)),
        FunctionRule("true == true", .boolean(true)),
    ]

    private static let conversionRules: [FunctionRule] = [
        FunctionRule("number(\" 12 \")", .number(12)), FunctionRule("number(\"-0.5\")", .number(-0.5)),
        FunctionRule("number(\"1e3\")", .absent),
        FunctionRule("number(\"1.\")", .absent), FunctionRule("number(\"\")", .absent),
        FunctionRule("number(\"nan\")", .absent),
        FunctionRule("number(absent)", .absent),
        FunctionRule("date(\"2024-2-29\")", .date(CivilDate(year: 2024, month: 2, day: 29)!)),
        FunctionRule("date(\"2023-02-29\")", .absent),
        FunctionRule("date(\"20240301\") == date(\"2024年3月1日\")", .boolean(true)),
        FunctionRule("date(\"2024-03-01T10:00:00Z\") == date(\"2024.3.1\")", .boolean(true)),
        FunctionRule("date(\"2024-3\")", .absent), FunctionRule("date(\"--\")", .absent),
        FunctionRule("date(\"日日日\")", .absent),
        FunctionRule("date(absent)", .absent),
        FunctionRule("date(\"2024-01-01\") < date(\"2024-01-02\")", .boolean(true)),
        FunctionRule("date(\"x\") < date(\"2024-01-02\")", .boolean(false)),
        FunctionRule("formatDate(\"2024-3-1\", \"yy/M/d\")", .text("24/3/1")),
        FunctionRule("formatDate(\"x\", \"yyyy\")", .absent),
        FunctionRule("formatDate(date(\"2024-12-09\"), \"dd'd'MM年\")", .text("09d12年")),
        FunctionRule("formatDate(\"2024-3-1\", \"\")", .text("")),
    ]
}

/// An expression, what it makes, and of what.
struct FunctionRule: Sendable, CustomTestStringConvertible {
    let source: String
    let value: Value
    var fields: [String: String] = [:]
    var testDescription: String { source }

    init(_ source: String, _ value: Value, _ fields: [String: String] = [:]) {
        (self.source, self.value, self.fields) = (source, value, fields)
    }
}
