import JSONCoding
import MessageSchemas
import Testing

/// What each word of JSON Schema makes the gate refuse, besides those that our schemas use.
@Suite struct SchemaRuleTests {
    static let refused: [SchemaRule] = SchemaRule.ofReferences + SchemaRule.ofMembers + SchemaRule.ofTypes

    @Test("what a released reader or writer could not live with is refused, with the reason", arguments: refused)
    func refuses(_ rule: SchemaRule) throws {
        let found = try Self.found(rule.old, rule.new)
        #expect(
            found.contains {
                $0.path == rule.path && $0.victim == rule.victim && $0.reason.contains(rule.reason)
            },
            "\(found.map(\.description))"
        )
    }

    @Test("what says the same in another way is allowed, in both directions", arguments: SchemaRule.allowed)
    func allows(_ rule: SchemaRule) throws {
        for (old, new) in [(rule.old, rule.new), (rule.new, rule.old)] {
            let found = try Self.found(old, new)
            #expect(found.isEmpty, "\(found.map(\.description))")
        }
    }

    @Test("a word that is not looked into can neither come nor go nor change", arguments: unknown)
    func unknownWords(_ saying: Saying) throws {
        let word = saying.word
        let (with, another) = ("{\"\(word)\":\(saying.one)}", "{\"\(word)\":\(saying.other)}")
        #expect(try Self.reasons("{}", with) == ["presentReader: its \(word) is new."])
        #expect(try Self.reasons(with, "{}") == ["releasedReader: its \(word) is dropped."])
        #expect(try Self.reasons(with, another) == ["both: its \(word) is another."])
        #expect(try Self.reasons(with, with) == [])
    }

    @Test(
        "a bound may let no more and no less through",
        arguments: [
            ("minimum", 1), ("exclusiveMinimum", 1), ("minLength", 1), ("minItems", 1), ("minProperties", 1),
            ("maximum", -1), ("exclusiveMaximum", -1), ("maxLength", -1), ("maxItems", -1), ("maxProperties", -1),
        ]
    )
    func bounds(word: String, tighter: Int) throws {
        let (loose, tight) = ("{\"\(word)\":5}", "{\"\(word)\":\(5 + tighter)}")
        let refuses = ["presentReader: its \(word) refuses what was written."]
        let lets = ["releasedReader: its \(word) lets more through than readers take."]
        #expect(try Self.reasons(loose, tight) == refuses)
        #expect(try Self.reasons("{}", loose) == refuses)
        #expect(try Self.reasons(tight, loose) == lets)
        #expect(try Self.reasons(loose, "{}") == lets)
        #expect(try Self.reasons(loose, "{\"\(word)\":5.0}") == [])
    }

    static let unknown = [
        Saying("multipleOf", "2", "3"),
        Saying("uniqueItems", "true", "false"),
        Saying("contains", #"{"const":1}"#, #"{"const":2}"#),
        Saying("minContains", "1", "2"),
        Saying("maxContains", "1", "2"),
        Saying("prefixItems", "[true]", "[false]"),
        Saying("patternProperties", #"{"^a":{}}"#, #"{"^b":{}}"#),
        Saying("propertyNames", "true", "false"),
        Saying("dependentRequired", #"{"a":["b"]}"#, #"{"a":["c"]}"#),
        Saying("dependentSchemas", #"{"a":true}"#, #"{"a":false}"#),
        Saying("not", "true", "false"),
        Saying("if", "true", "false"),
        Saying("then", "true", "false"),
        Saying("else", "true", "false"),
        Saying("allOf", "[true]", "[false]"),
        Saying("anyOf", "[true]", "[false]"),
        Saying("unevaluatedItems", "true", "false"),
        Saying("unevaluatedProperties", "true", "false"),
        Saying("contentEncoding", #""base64""#, #""base16""#),
        Saying("items", "[true]", "[false]"),
        Saying("pattern", #""^a""#, #""^b""#),
        Saying("format", #""uuid""#, #""date""#),
        Saying("discriminator", #"{"propertyName":"a"}"#, #"{"propertyName":"b"}"#),
    ]

    /// A word, and two things that it may say.
    struct Saying: CustomTestStringConvertible {
        let word: String
        let one: String
        let other: String

        init(_ word: String, _ one: String, _ other: String) {
            (self.word, self.one, self.other) = (word, one, other)
        }

        var testDescription: String { word }
    }

    private static func reasons(_ old: String, _ new: String) throws -> [String] {
        try found(old, new).map { "\($0.victim.rawValue): \($0.reason)" }
    }

    private static func found(_ old: String, _ new: String) throws -> [Incompatibility] {
        func contracts(_ text: String) throws -> ContractSet {
            ContractSet(schemas: ["message": try JSONValue(parsing: Array(text.utf8))], topics: nil)
        }
        return try contracts(new).incompatibilities(with: contracts(old), called: "1.0")
    }
}
