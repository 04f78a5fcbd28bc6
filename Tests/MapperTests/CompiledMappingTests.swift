import Messages
import Testing

@testable import Mapping

@Suite(.timeLimit(.minutes(5)))
struct CompiledMappingTests {
    private let user: WeComUser = {
        var user = WeComUser()
        user.userID = "a"
        user.email = ""
        user.businessMail = "a@corp.example.com"
        user.mainDepartment = 12
        user.hasExtendedAttributes = true
        user.extendedAttributes = [.init(name: "工号", value: "00042"), .init(name: "空", value: "")]
        return user
    }()

    @Test("direct takes the field, and keeps absent and empty apart")
    func direct() {
        #expect(value(.direct, source: "biz_mail") == "a@corp.example.com")
        #expect(value(.direct, source: "email") == "")
        #expect(value(.direct, source: "mobile") == nil)
        #expect(value(.direct, source: "main_department") == "12")
        #expect(value(.direct, source: "no_such_field") == nil)
    }

    @Test("direct takes an extended attribute by its name")
    func extendedAttribute() throws {
        #expect(value(.direct, source: "extattr.工号") == "00042")
        #expect(value(.direct, source: "extattr.空") == "")
        // The list is whole: who is not in it has none.
        #expect(value(.direct, source: "extattr.none") == "")
        var nobody = WeComUser()
        #expect(try ValueRule(MappingRule(target: "x", kind: .direct, source: "extattr.工号")).value(for: &nobody) == nil)
    }

    @Test("constant gives everybody the same")
    func constant() {
        #expect(value(.constant, value: "CN") == "CN")
        #expect(value(.constant) == "")
    }

    @Test("default stands in where WeCom has nothing")
    func standIn() {
        #expect(value(.direct, source: "biz_mail", value: "none", missing: .default) == "a@corp.example.com")
        #expect(value(.direct, source: "email", value: "none", missing: .default) == "none")
        #expect(value(.direct, source: "mobile", value: "none", missing: .default) == "none")
        #expect(value(.direct, source: "no_such_field", value: "none", missing: .default) == "none")
        #expect(value(.direct, source: "extattr.工号", value: "none", missing: .default) == "00042")
    }

    @Test("a rule fills an extended field by its key, and none that the tenant does not have")
    func extendedFields() throws {
        let rules = [
            MappingRule(target: "badge", kind: .direct, source: "extattr.工号"),
            MappingRule(target: "room", kind: .direct, source: "extattr.none"),
            MappingRule(target: "gone", kind: .constant, value: "x"),
        ]
        let fields = [
            ExtendedField(key: "badge", titles: ["zh": "工号"]), ExtendedField(key: "room", titles: ["zh": "Room"]),
        ]
        let record = try CompiledMapping(rules, extendedFields: fields).record(of: user)
        #expect(record.attributes == ["badge": "00042", "room": ""])
    }

    @Test("of two rules for one field the later holds")
    func laterRule() throws {
        let rules = [
            MappingRule(target: "title", kind: .constant, value: "first"),
            MappingRule(target: "title", kind: .constant, value: "second"),
            MappingRule(target: "badge", kind: .constant, value: "first"),
            MappingRule(target: "badge", kind: .constant, value: "second"),
        ]
        let mapping = CompiledMapping(rules, extendedFields: [ExtendedField(key: "badge", titles: ["zh": ""])])
        let record = try mapping.record(of: user)
        #expect(record.title == "second")
        #expect(record.attributes == ["badge": "second"])
    }

    @Test("the same rules have the same fingerprint, others another, however they are put together")
    func fingerprints() {
        let fields = [
            ExtendedField(key: "badge", titles: ["zh": "工号"]), ExtendedField(key: "room", titles: ["zh": "Room"]),
        ]
        let mappings: [[MappingRule]] = [
            [], MappingRule.defaults,
            [MappingRule(target: "title", kind: .direct, source: "name")],
            [MappingRule(target: "alias", kind: .direct, source: "name")],
            [MappingRule(target: "title", kind: .direct, source: "alias")],
            [MappingRule(target: "title", kind: .direct, source: "extattr.name")],
            [MappingRule(target: "title", kind: .direct, source: "name", value: "", missing: .default)],
            [MappingRule(target: "title", kind: .direct, source: "name", value: "x", missing: .default)],
            [MappingRule(target: "title", kind: .constant, value: "x")],
            [MappingRule(target: "title", kind: .constant, value: "")],
            [MappingRule(target: "badge", kind: .constant, value: "x")],
            [MappingRule(target: "room", kind: .constant, value: "x")],
        ]
        let prints = mappings.map { CompiledMapping($0, extendedFields: fields).fingerprint }
        #expect(Set(prints).count == mappings.count)
        #expect(prints == mappings.map { CompiledMapping($0, extendedFields: fields).fingerprint })
        // A field that no rule fills, or a rule for none, changes nobody's record.
        #expect(CompiledMapping(mappings[1]).fingerprint == prints[1])
        let idle = MappingRule(target: "gone", kind: .constant, value: "x")
        #expect(CompiledMapping(MappingRule.defaults + [idle]).fingerprint == prints[1])
    }

    @Test("a code that maps otherwise has another version")
    func version() throws {
        let rules =
            MappingRule.defaults + [
                MappingRule(target: "badge", kind: .direct, source: "extattr.工号"),
                MappingRule(target: "room", kind: .direct, source: "address", value: "none", missing: .default),
            ]
        let fields = [
            ExtendedField(key: "badge", titles: ["zh": "工号"]), ExtendedField(key: "room", titles: ["zh": "Room"]),
        ]
        let mapping = CompiledMapping(rules, extendedFields: fields)
        let odd = #"{"userid":"b","department":[1,1],"status":9}"#
        let lenient = #"{"userid":"c","department":null,"order":[1],"mobile":"","alias":null,"name":"\ud83d\u0000"}"#
        let pages = [String.full, "[\(odd),\(lenient)]", #"[{"userid":"d","email":7,"extattr":{"attrs":[{}]}}]"#]
        let batches = try pages.map { try PageMapping.map(users: .users($0), by: mapping) }
        var content = ""
        for batch in batches {
            content += "\(batch.users.map(\.contentHash)) \(batch.rejected.map { $0.externalID ?? "-" })\n"
        }
        // If this differs, records that WeCom has not changed become others: count up the version, and only then
        // put the new digest here.
        #expect(CompiledMapping.version == 5)
        #expect(ContentDigest(of: content).description == "b843247c94be329814e15fb087bf5890")
    }

    private func value(
        _ kind: MappingRule.Kind,
        source: String? = nil,
        value: String? = nil,
        missing: MappingRule.Missing = .keep
    ) -> String? {
        var user = user
        let rule = MappingRule(target: "title", kind: kind, source: source, value: value, missing: missing)
        return try? ValueRule(rule).value(for: &user)
    }
}

extension CompiledMapping {
    /// Maps one person alone.
    fileprivate func record(of user: WeComUser) throws -> UserRecord {
        var (user, hasher) = (user, ContentHasher())
        return try #require(try record(of: &user, digestedBy: &hasher))
    }
}
