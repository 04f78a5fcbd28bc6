import Messages
import Testing

@testable import Mapping

/// What rules make of people: expressions, missing values, types, new people's fields, and the filter.
@Suite(.timeLimit(.minutes(5)))
struct MappingRuleTests {
    @Test("an expression makes a field of several of WeCom's")
    func expressions() throws {
        let rules = [
            MappingRule(target: "username", kind: .expression, expression: "concat(pinyin(name), \".\", userid)"),
            MappingRule(target: "email", kind: .expression, expression: "lower(coalesce(biz_mail, email))"),
            MappingRule(target: "manager", kind: .expression, expression: "first(direct_leader)"),
            MappingRule(target: "employeeNumber", kind: .expression, expression: "digits(extattr(\"工号\"))"),
            MappingRule(target: "locale", kind: .constant, value: "zh-CN"),
        ]
        let people = """
            [{"userid":"z3","name":"张三","email":"Z@A.com","biz_mail":"","direct_leader":["l4"],
            "extattr":{"attrs":[{"name":"工号","value":"A-42"}]}}]
            """
        let record = try #require(try map(people, rules).users.first)
        #expect(record.username == "zhangsan.z3" && record.email == "z@a.com" && record.manager == "l4")
        #expect(record.employeeNumber == "42" && record.locale == "zh-CN")
    }

    struct MissingCase: Sendable, CustomTestStringConvertible {
        let missing: MappingRule.Missing
        /// What comes of an absent, an empty, an unreadable and a good value; `refused` for nobody.
        let values: [String?]
        var testDescription: String { missing.rawValue }
    }

    @Test(
        "where WeCom has no value the rule says what happens; what cannot be taken is none of these",
        arguments: [
            MissingCase(missing: .keep, values: [nil, "", nil, "v"]),
            MissingCase(missing: .clear, values: ["", "", nil, "v"]),
            MissingCase(missing: .default, values: ["d", "d", nil, "v"]),
            MissingCase(missing: .reject, values: ["refused", "refused", nil, "v"]),
        ]
    )
    func missing(example: MissingCase) throws {
        let sources = ["", #","position":"""#, #","position":{}"#, #","position":"v""#]
        for kind in [MappingRule.Kind.direct, .expression] {
            let rule = MappingRule(
                target: "title",
                kind: kind,
                source: kind == .direct ? "position" : nil,
                expression: kind == .expression ? "trim(position)" : nil,
                value: "d",
                missing: example.missing
            )
            let values = try sources.map { source -> String? in
                let batch = try map(#"[{"userid":"a"\#(source)}]"#, [rule])
                #expect(batch.rejected.map(\.externalID) == (batch.users.isEmpty ? ["a"] : []))
                return batch.users.isEmpty ? "refused" : batch.users[0].title
            }
            #expect(values == example.values)
        }
    }

    struct TypeCase: Sendable, CustomTestStringConvertible {
        let type: ExtendedField.ValueType
        let taken: [String: String]
        let refused: [String]
        var testDescription: String { type.rawValue }
    }

    @Test(
        "values are written in their type's one form, and what does not fit is a bad field of a person who is taken",
        arguments: [
            TypeCase(type: .text, taken: [" a ": " a "], refused: []),
            TypeCase(
                type: .integer,
                taken: ["007": "7", "-3": "-3", " 5 ": "5"],
                refused: ["1.5", "x", "99999999999999999999"]
            ),
            TypeCase(
                type: .decimal,
                taken: ["1.50": "1.5", "-0.0": "0", "0.1000000000000000055": "0.1000000000000000055", "12": "12"],
                refused: ["1.2.3", "1e5", ".5", "--1", "x"]
            ),
            TypeCase(type: .boolean, taken: ["YES": "true", "否": "false", "0": "false"], refused: ["maybe"]),
            TypeCase(
                type: .date,
                taken: ["2024/3/1": "2024-03-01", "20240301": "2024-03-01"],
                refused: ["2024-13-01"]
            ),
            TypeCase(type: .choice, taken: ["red": "red"], refused: ["Red", "blue"]),
            TypeCase(type: .textList, taken: ["a, b；c": #"["a","b","c"]"#, "\"": #"["\""]"#], refused: []),
        ]
    )
    func types(example: TypeCase) throws {
        let field = ExtendedField(key: "x", titles: [:], type: example.type, options: ["red", "green"])
        let rule = MappingRule(target: "x", kind: .direct, source: "alias")
        for (source, value) in example.taken.map({ ($0.key, Optional($0.value)) }) + example.refused.map({ ($0, nil) })
        {
            let text = source.replacing("\"", with: "\\\"")
            let batch = try map(#"[{"userid":"a","alias":"\#(text)"}]"#, [rule], fields: [field])
            #expect(batch.users.map { $0.attributes["x"] } == [value], "\(source)")
            #expect(batch.fieldProblems.map(\.field) == (value == nil ? ["alias"] : []), "\(source)")
        }
    }

    @Test("a list stays a list in a field of texts, and a truth value one in a field of those")
    func typedExpressions() throws {
        let fields = [
            ExtendedField(key: "x", titles: [:], type: .textList), ExtendedField(key: "y", titles: [:], type: .boolean),
        ]
        let rules = [
            MappingRule(target: "x", kind: .expression, expression: "split(\"a;b,c\", \";\")"),
            MappingRule(target: "y", kind: .expression, expression: "status == 1"),
        ]
        let record = try #require(try map(#"[{"userid":"a","status":1}]"#, rules, fields: fields).users.first)
        #expect(record.attributes == ["x": #"["a","b,c"]"#, "y": "true"])
    }

    @Test("a rule for the status shuts out, and lets nobody in")
    func status() throws {
        let rule = MappingRule(
            target: "status",
            kind: .expression,
            expression: "if(alias == \"out\", \"disabled\", if(alias == \"odd\", \"odd\", \"active\"))"
        )
        let people = """
            [{"userid":"a","status":1,"alias":"out"},{"userid":"b","status":2},{"userid":"c","status":1},
            {"userid":"d","status":1,"alias":"odd"},{"userid":"e","alias":"out"}]
            """
        let batch = try map(people, [rule])
        #expect(batch.users.map(\.status) == [.disabled, .disabled, .active, .active, .disabled])
        #expect(batch.fieldProblems == [FieldProblem(.user("d"), field: "status", .unknownValue)])
    }

    @Test("what is filled for new people is in the record, and no part of its hash")
    func onCreate() throws {
        let fields = [ExtendedField(key: "x", titles: [:])]
        let rules = ["title", "x"].map { MappingRule(target: $0, kind: .direct, source: "position", when: .onCreate) }
        let batches = try ["A", "B"].map { try map(#"[{"userid":"a","position":"\#($0)"}]"#, rules, fields: fields) }
        #expect(batches.map { $0.users[0].title } == ["A", "B"])
        #expect(batches.map { $0.users[0].attributes } == [["x": "A"], ["x": "B"]])
        #expect(batches[0].users[0].contentHash == batches[1].users[0].contentHash)
        #expect(batches[0].fields == MappedFields(always: [], onCreate: ["title", "x"]))
    }

    @Test("who has no value for a rule for new people only is taken without it, switched off or not")
    func onCreateRejects() throws {
        let fields = [ExtendedField(key: "x", titles: [:])]
        let rules = ["title", "x"].map {
            MappingRule(target: $0, kind: .direct, source: "position", when: .onCreate, missing: .reject)
        }
        let batch = try map(#"[{"userid":"a","status":2},{"userid":"b","status":5}]"#, rules, fields: fields)
        #expect(batch.rejected.isEmpty)
        #expect(batch.users.map(\.status) == [.disabled, .left])
        #expect(batch.users.map(\.title) == [nil, nil])
    }

    @Test("a record differs once a field has a rule no more")
    func lostRules() throws {
        let fields = [ExtendedField(key: "x", titles: [:])]
        let rules = ["title", "x"].map { MappingRule(target: $0, kind: .direct, source: "position") }
        let hashes = try [rules, [rules[0]], [rules[1]], []].map {
            try map(#"[{"userid":"a"}]"#, $0, fields: fields).users[0].contentHash
        }
        #expect(Set(hashes).count == 4)
    }

    @Test("the filter leaves out whom it is true of, and nobody of whom it cannot be told")
    func filter() throws {
        let people = """
            [{"userid":"a","position":"Guest"},{"userid":"b","position":"Head"},{"userid":"c"},
            {"userid":"d","position":{}},{"userid":"","position":"Guest"}]
            """
        let filter = "position == \"Guest\" or not (position != \"x\")"
        let batch = try PageMapping.map(users: .users(people), by: CompiledMapping([], filter: filter))
        #expect(batch.filtered == ["a"])
        #expect(batch.users.map(\.externalID) == ["b", "c", "d"])
        #expect(batch.rejected.count == 1)
    }

    @Test("a value that one rule's field cannot hold is taken by the other rules, whichever comes first")
    func heldElsewhere() throws {
        let fields = [
            ExtendedField(key: "a", titles: [:], type: .integer), ExtendedField(key: "b", titles: [:]),
            ExtendedField(key: "c", titles: [:], type: .integer),
        ]
        let rules = ["a", "b", "c"].map { MappingRule(target: $0, kind: .expression, expression: "trim(telephone)") }
        let direct = MappingRule(target: "a", kind: .direct, source: "telephone")
        let batch = try map(#"[{"userid":"u","telephone":"x"}]"#, [direct] + rules[1...], fields: fields)
        #expect(batch.users[0].attributes == ["b": "x"])
        #expect(batch.fieldProblems.map(\.field) == ["telephone", "c"])
    }

    @Test("rules and filters see where the department stands; one that is not known changes nothing and is told")
    func departments() throws {
        let rules = [
            MappingRule(target: "title", kind: .expression, expression: "departmentName()", missing: .clear),
            MappingRule(target: "address", kind: .expression, expression: "join(departmentPath(), \"/\")"),
        ]
        let people = """
            [{"userid":"a","departmentPath":["总部","研发"]},{"userid":"b","departmentPath":null},{"userid":"c"},
            {"userid":"d","departmentPath":["总部","外包","测试"]},{"userid":"e","departmentPath":["总部",{}]},
            {"userid":"f","departmentPath":["\(String(repeating: "x", count: 4_097))"]}]
            """
        let mapping = CompiledMapping(rules, filter: "contains(departmentPath(), \"外包\")")
        let batch = try PageMapping.map(users: .users(people), by: mapping)
        #expect(batch.users.map(\.title) == ["研发", "", nil, nil, nil])
        #expect(batch.users.map(\.address) == ["总部/研发", nil, nil, nil, nil])
        #expect(batch.filtered == ["d"])
        let unknown = ["c", "e", "f"].map { FieldProblem(.user($0), field: "departmentPath", .unknownValue) }
        #expect(batch.fieldProblems == unknown)
        #expect(mapping.asksForDepartmentPaths && !CompiledMapping(MappingRule.defaults).asksForDepartmentPaths)
        #expect(try map(people, MappingRule.defaults).fieldProblems.isEmpty)
    }

    @Test("all that decides what becomes of a record tells mappings apart")
    func fingerprints() {
        let rule = MappingRule(target: "x", kind: .direct, source: "alias")
        var others = [rule, rule, rule, rule]
        others[0].missing = .clear
        others[1].when = .onCreate
        (others[2].kind, others[2].source, others[2].expression) = (.expression, nil, "alias")
        (others[3].kind, others[3].source, others[3].expression) = (.expression, nil, "name")
        let types = [ExtendedField.ValueType.text, .date, .choice, .choice].enumerated().map { index, type in
            ExtendedField(key: "x", titles: [:], type: type, options: index < 3 ? ["a"] : ["b"])
        }
        var prints = ([rule] + others).map { CompiledMapping([$0], extendedFields: [types[0]]).fingerprint }
        prints += types.dropFirst().map { CompiledMapping([rule], extendedFields: [$0]).fingerprint }
        prints += ["true", "false"].map { CompiledMapping([rule], filter: $0, extendedFields: [types[0]]).fingerprint }
        #expect(Set(prints).count == prints.count)
    }

    @Test("an expression of a newer language is not passed over")
    func unreadable() {
        let rule = MappingRule(target: "title", kind: .expression, expression: "tomorrow(name)")
        #expect(!CompiledMapping([rule]).isReadable)
        #expect(!CompiledMapping([], filter: "name").isReadable)
        #expect(CompiledMapping(MappingRule.defaults, filter: "status == 5").isReadable)
    }

    private func map(
        _ people: String,
        _ rules: [MappingRule],
        fields: [ExtendedField] = []
    ) throws -> UserBatch {
        try PageMapping.map(users: .users(people), by: CompiledMapping(rules, extendedFields: fields))
    }
}
