import Messages
import Runtime
import Testing

@testable import Registry

/// The fields of a body and what is wrong with them, without HTTP and database.
/// A value, and the fields that are wrong in it.
struct RuleCase: Sendable {
    let value: JSON
    let fields: [String]

    init(_ value: JSON, _ fields: [String] = []) {
        self.value = value
        self.fields = fields
    }
}

@Suite(.timeLimit(.minutes(5)))
struct SettingsRulesTests {
    /// The mistakes in a new identity provider with these fields.
    private func mistakes(_ fields: [String: JSON]) -> [String: String] {
        let usual: [String: JSON] = ["name": "test_123", "description": "WeCom data source"]
        do throws(Mistakes) {
            _ = try SettingsForm.new.read(.object(usual.merging(fields) { $1 }))
            return [:]
        } catch {
            return Dictionary(error.all.map { ($0.field, $0.message) }) { first, _ in first }
        }
    }

    @Test(
        "names of 2 to 100 Chinese characters, letters, digits, - and _ are taken",
        arguments: [
            "名称_测试-1", "ab", "名称", "test_123", String(repeating: "名", count: 100), String(repeating: "a", count: 100),
            "𠮷野家", "É1",
        ]
    )
    func goodNames(name: String) {
        #expect(mistakes(["name": .string(name)]).isEmpty)
    }

    @Test(
        "names of other lengths or characters are refused, and it is said which",
        arguments: [
            ("a", "A name has 2 to 100 characters; this one has 1."),
            ("", "A name has 2 to 100 characters; this one has 0."),
            (String(repeating: "名", count: 101), "A name has 2 to 100 characters; this one has 101."),
            ("a😀", "A name has Chinese characters, letters, digits, - and _ only; \"😀\" is none of them."),
            ("a b", "A name has Chinese characters, letters, digits, - and _ only; \" \" is none of them."),
            ("a\u{0}", "A name has Chinese characters, letters, digits, - and _ only; \"\u{0}\" is none of them."),
            ("a.b", "A name has Chinese characters, letters, digits, - and _ only; \".\" is none of them."),
        ]
    )
    func badNames(name: String, message: String) {
        #expect(mistakes(["name": .string(name)]) == ["name": message])
    }

    @Test("a cycle of 1 to 24 whole hours is taken", arguments: [1, 2, 23, 24])
    func goodCycles(hours: Int64) {
        #expect(mistakes(["cycleHours": .integer(hours)]).isEmpty)
    }

    @Test(
        "any other cycle is refused, and it is said what it must be",
        arguments: [JSON.integer(0), .integer(25), .number(1.5), .integer(-1), .string("24"), .null, .boolean(true)]
    )
    func badCycles(cycle: JSON) {
        let message = "Give a whole number of hours from 1 to 24, not \(cycle.shown)."
        #expect(mistakes(["cycleHours": cycle]) == ["cycleHours": message])
    }

    @Test(
        "a scope is all, or at least one department",
        arguments: [
            RuleCase(["kind": "all"]),
            RuleCase(["kind": "departments", "departments": [1, 2]]),
            RuleCase(["kind": "departments", "departments": []], ["scope.departments"]),
            RuleCase(["kind": "departments"], ["scope.departments"]),
            RuleCase(
                ["kind": "departments", "departments": [0, "1", 1.5, 4_294_967_296]],
                ["scope.departments[0]", "scope.departments[1]", "scope.departments[2]", "scope.departments[3]"]
            ),
            RuleCase(["kind": "all", "departments": [1]], ["scope.departments"]),
            RuleCase(["kind": "some"], ["scope.kind"]),
            RuleCase([:], ["scope.kind"]),
            RuleCase("all", ["scope"]),
            RuleCase(["kind": "all", "depth": 1], ["scope.depth"]),
        ]
    )
    func scopes(example: RuleCase) {
        #expect(mistakes(["scope": example.value]).keys.sorted() == example.fields)
    }

    @Test(
        "a mapping rule has what its kind needs, and nothing else",
        arguments: [
            RuleCase(["target": "email", "kind": "direct", "source": "biz_mail"]),
            RuleCase(["target": "title", "kind": "constant", "value": "x"]),
            RuleCase(["target": "title", "kind": "direct", "source": "position", "value": "x", "missing": "default"]),
            RuleCase(["target": "title", "kind": "direct", "source": "extattr.工号"]),
            RuleCase(["target": "email", "kind": "direct"], ["mapping[0].source"]),
            RuleCase(["target": "email", "kind": "direct", "source": "email", "value": "x"], ["mapping[0].value"]),
            RuleCase(["target": "email", "kind": "constant"], ["mapping[0].value"]),
            RuleCase(["target": "email", "kind": "constant", "value": "x", "source": "email"], ["mapping[0].source"]),
            RuleCase(
                ["target": "email", "kind": "direct", "source": "email", "missing": "default"],
                ["mapping[0].value"]
            ),
            RuleCase(["target": "email", "kind": "script", "source": "email"], ["mapping[0].kind"]),
            RuleCase(["target": "email", "kind": "expression", "expression": "lower(email)", "missing": "clear"]),
            RuleCase(["target": "email", "kind": "expression"], ["mapping[0].expression"]),
            RuleCase(["target": "email", "kind": "direct", "source": "email", "when": "never"], ["mapping[0].when"]),
            RuleCase(["target": "email", "kind": "direct", "source": "email", "missing": "x"], ["mapping[0].missing"]),
            RuleCase(["target": "email", "kind": "direct", "source": "e mail"], ["mapping[0].source"]),
            RuleCase(["target": "email", "kind": "direct", "source": "extattr."], ["mapping[0].source"]),
            RuleCase(["kind": "direct", "source": "email"], ["mapping[0].target"]),
            RuleCase(["target": "email", "kind": "direct", "source": "email", "clear": true], ["mapping[0].clear"]),
        ]
    )
    func mappingRules(example: RuleCase) {
        #expect(mistakes(["mapping": [example.value]]).keys.sorted() == example.fields)
    }

    @Test("two rules for one target are refused at the second")
    func repeatedTarget() {
        let rule: JSON = ["target": "email", "kind": "direct", "source": "email"]
        #expect(mistakes(["mapping": [rule, rule]]).keys.sorted() == ["mapping[1].target"])
    }

    @Test(
        "a schema is wwauth, 16 hexadecimal digits and 6 digits; another is refused with the reason and an example",
        arguments: [
            ("wwauth1e933be11645237c000012", true),
            ("WWAUTH1E933BE11645237C000012", true),
            ("wwauth700000a5f2191000014", false),
            ("wwauth4151efa784c9324d00****", false),
            ("wwauth1e933be1164523700001", false),
            ("wwauth1e933be11645237c0000121", false),
            ("wwautg1e933be11645237c000012", false),
            ("wwauth1e933be11645237g000012", false),
            ("", false),
        ]
    )
    func schemas(schema: String, isTaken: Bool) {
        let found = mistakes(["schema": .string(schema)])
        #expect(found.isEmpty == isTaken)
        guard !isTaken else { return }
        #expect(found["schema"]?.contains("wwauth1e933be11645237c000012") == true)
        #expect(found["schema"]?.contains("masked") == schema.contains("*"))
    }

    @Test(
        "safety limits are numbers in their ranges or none, policies are words, protected people are user ids",
        arguments: [
            RuleCase([:]),
            RuleCase(["people": ["perRun": ["count": 0, "percent": 100], "perDay": nil], "departments": [:]]),
            RuleCase(["policies": ["leftScope": "keep", "disabledInWeCom": "keep"], "graceDays": 0, "heldDays": 90]),
            RuleCase(["protectedUsers": ["zhangsan", "li.si@x"]]),
            RuleCase(nil, [""]),
            RuleCase(
                ["people": ["perRun": ["count": -1, "percent": 101], "perYear": nil]],
                ["people.perRun.count", "people.perRun.percent", "people.perYear"]
            ),
            RuleCase(["departments": ["perWeek": 5]], ["departments.perWeek"]),
            RuleCase(["graceDays": -1, "heldDays": 0], ["graceDays", "heldDays"]),
            RuleCase(["graceDays": 3_651, "heldDays": 91], ["graceDays", "heldDays"]),
            RuleCase(["policies": ["leftCompany": "delete"]], ["policies.leftCompany"]),
            RuleCase(["policies": ["disabledInWeCom": "deleteAfterGrace"]], ["policies.disabledInWeCom"]),
            RuleCase(["protectedUsers": ["", "a b", "c"]], ["protectedUsers[0]", "protectedUsers[1]"]),
            RuleCase(["protectedUsers": .array(Array(repeating: "a", count: 201))], ["protectedUsers"]),
            RuleCase(["maximumRemovedUsers": 10], ["maximumRemovedUsers"]),
        ]
    )
    func safetyLimits(example: RuleCase) {
        let fields = example.fields.map { $0.isEmpty ? "safetyLimits" : "safetyLimits.\($0)" }
        #expect(mistakes(["safetyLimits": example.value]).keys.sorted() == fields)
    }

    @Test(
        "own-app credentials are checked for their form before anything else",
        arguments: [
            RuleCase(["corpID": "ww1e933be11645237c", "agentID": 1_000_002, "secret": "s"]),
            RuleCase(["corpID": "w w", "agentID": "1000002", "secret": ""], ["agentID", "corpID", "secret"]),
            RuleCase([:], ["agentID", "corpID", "secret"]),
        ]
    )
    func ownApps(example: RuleCase) {
        #expect(mistakes(["ownApp": example.value]).keys.sorted() == example.fields.map { "ownApp.\($0)" })
    }

    @Test("a description is 1 to 200 characters without line breaks", arguments: ["", " ", "a\nb", "\u{7}"])
    func badDescriptions(description: String) {
        #expect(mistakes(["description": .string(description)]).keys.sorted() == ["description"])
        #expect(mistakes(["description": .string(String(repeating: "登", count: 200))]).isEmpty)
        #expect(mistakes(["description": .string(String(repeating: "登", count: 201))]).count == 1)
    }

    @Test("every mistake of a body is told at once, and unknown fields by name")
    func allMistakes() {
        let found = mistakes([
            "name": "x", "description": 1, "status": "open", "automaticSynchronization": "yes", "cycleHours": 0,
            "colour": "red", "confirmClosing": true,
        ])
        #expect(
            found.keys.sorted() == [
                "automaticSynchronization", "colour", "confirmClosing", "cycleHours", "description", "name", "status",
            ]
        )
        #expect(found["colour"]?.hasPrefix("There is no such field. The fields are automaticSynchronization") == true)
    }

    @Test("departments that are named twice count once, in the order given")
    func repeatedDepartments() throws {
        let scope = try SettingsRules.scope.read(["kind": "departments", "departments": [3, 1, 3]])
        #expect(scope == .departments([3, 1]))
    }
}
