import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// A preview says what a run would do to the directory.
@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"))
struct MappingPreviewTests {
    private static let stored: JSON = [
        "externalID": "ann", "email": "old@acme.test", "title": "Head", "status": 1, "enabled": true, "attributes": [:],
    ]
    private static let email: JSON = ["target": "email", "kind": "direct", "source": "email"]
    private static let mail: JSON = ["target": "email", "kind": "direct", "source": "biz_mail"]
    private static let title: JSON = ["target": "title", "kind": "direct", "source": "position"]

    /// Somebody as WeCom shows them, and what else it says of them.
    private static func person(_ id: String, _ more: [String: JSON] = [:]) -> JSON {
        let usual: [String: JSON] = [
            "errcode": 0, "userid": .string(id), "name": "Somebody", "position": "Head", "status": 1,
        ]
        return .object(usual.merging(more) { $1 })
    }

    /// A request about one person.
    private static func about(_ user: String = "ann", _ rules: JSON...) -> JSON {
        ["user": .string(user), "count": 1, "mapping": .array(rules)]
    }

    @Test("a field of which WeCom says nothing stays and is no change, and one whose rule goes is cleared and is one")
    func kept() async throws {
        try await withLiveDirectory(of: [Self.stored]) { registry, wecom, id in
            wecom.answer("user/get", Self.person("ann"))
            try await registry.patch(id, ["mapping": [Self.email]])
            let other = try await registry.preview(id, Self.about("ann", Self.mail))
            let person = other["people"][0]
            #expect(person["values"] == ["email": "old@acme.test", "status": "1"], "\(other.text)")
            #expect(person["kept"] == ["email"] && person["changes"] == [])
            #expect(other["counts"]["changed"] == 0 && other["unknown"] == .null)
            let none = try await registry.preview(id, Self.about())
            #expect(none["people"][0]["values"] == ["status": "1"], "\(none.text)")
            #expect(none["people"][0]["kept"] == .null && none["people"][0]["changes"] == ["email"])
            #expect(none["counts"]["changed"] == 1)
        }
    }

    @Test("a rule for new people only changes nobody who is in the directory, and is shown of somebody who is not")
    func onlyForNew() async throws {
        let rule: JSON = ["target": "title", "kind": "constant", "value": "Colleague", "when": "onCreate"]
        try await withLiveDirectory(of: [Self.stored]) { registry, wecom, id in
            wecom.answer("user/get", Self.person("ann"), Self.person("bob"))
            try await registry.patch(id, ["mapping": [Self.title]])
            let known = try await registry.preview(id, Self.about("ann", rule))
            #expect(known["people"][0]["values"]["title"] == "Head", "\(known.text)")
            #expect(known["people"][0]["onlyForNew"] == ["title"] && known["counts"]["changed"] == 0)
            let new = try await registry.preview(id, Self.about("bob", rule))
            #expect(new["people"][0]["values"]["title"] == "Colleague", "\(new.text)")
            #expect(new["people"][0]["onlyForNew"] == .null && new["people"][0]["changes"] == ["title"])
        }
    }

    @Test("somebody who cannot be taken stays as they are")
    func rejected() async throws {
        let rule: JSON = ["target": "email", "kind": "direct", "source": "biz_mail", "missing": "reject"]
        try await withLiveDirectory(of: [Self.stored]) { registry, wecom, id in
            wecom.answer("user/get", Self.person("ann"))
            try await registry.patch(id, ["mapping": [Self.email, Self.title]])
            let answer = try await registry.preview(id, Self.about("ann", rule))
            #expect(answer["people"][0]["values"]["email"] == "old@acme.test", "\(answer.text)")
            #expect(answer["counts"]["failed"] == 1 && answer["counts"]["changed"] == 0)
        }
    }

    @Test("without the directory it is taken to have what the rules in force make, and that is told")
    func unknown() async throws {
        try await withLiveDirectory(of: nil) { registry, wecom, id in
            wecom.answer("user/get", Self.person("ann", ["email": "ann@acme.test"]))
            try await registry.patch(id, ["mapping": [Self.email]])
            let answer = try await registry.preview(id, Self.about("ann", Self.mail))
            #expect(answer["unknown"]["directory"].string?.contains("DIRECTORY_URL") == true, "\(answer.text)")
            #expect(answer["people"][0]["values"]["email"] == "ann@acme.test")
            #expect(answer["people"][0]["kept"] == ["email"] && answer["people"][0]["changes"] == [])
        }
    }

    @Test("what WeCom says in the enterprise's own fields is shown as rules get it, whatever its form")
    func attributes() async throws {
        let list: JSON = [
            ["name": "Site", "type": 1, "web": ["url": "https://acme.test", "title": "Acme"]],
            ["name": "Floor", "type": 0, "text": ["value": "3"]], ["name": "Desk", "value": "12"],
        ]
        let rule: JSON = ["target": "title", "kind": "direct", "source": "extattr.Site"]
        try await withLiveDirectory(of: []) { registry, wecom, id in
            let usual = Self.person("ann", ["extattr": ["attrs": list]])
            wecom.answer("user/get", usual, Self.person("ann", ["extattr": list]))
            for _ in 0..<2 {
                let person = try await registry.preview(id, Self.about("ann", rule))["people"][0]
                #expect(person["sources"]["extattr.Site"] == "https://acme.test")
                #expect(person["values"]["title"] == "https://acme.test")
                #expect(person["sources"]["extattr.Floor"] == "3" && person["sources"]["extattr.Desk"] == "12")
            }
        }
    }

    @Test("whoever lacks a required field is pointed out, and nobody else")
    func required() async throws {
        let field: JSON = ["key": "grade", "titles": ["en": "Grade"], "isRequired": true]
        let rule: JSON = ["target": "grade", "kind": "constant", "value": "A"]
        try await withLiveDirectory(of: [Self.stored]) { registry, wecom, id in
            wecom.answer("user/get", Self.person("ann"))
            let path = "tenants/\(try await registry.tenant(of: id))/extended-fields"
            #expect(try await registry.send(.post, path, field).status == 201)
            let lacking = try await registry.preview(id, Self.about("ann", Self.title))
            #expect(lacking["people"][0]["missingRequired"] == ["grade"], "\(lacking.text)")
            #expect(lacking["counts"]["missingRequired"] == 1)
            let whole = try await registry.preview(id, Self.about("ann", rule))
            #expect(whole["people"][0]["missingRequired"] == .null, "\(whole.text)")
            #expect(whole["counts"]["missingRequired"] == 0)
        }
    }
}
