import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Rules and filters are checked before they are saved.
@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"))
struct MappingCheckTests {
    @Test("mistakes in expressions are told with rule, place and what was probably meant")
    func mistakes() async throws {
        try await withProvider { registry, _ in
            let path = "idps/\(try await registry.makeProvider())"
            let change: JSON = [
                "mapping": [
                    ["target": "username", "kind": "direct", "source": "userid"],
                    ["target": "title", "kind": "expression", "expression": "lower(emial)"],
                    ["target": "status", "kind": "constant", "value": "odd", "when": "onCreate"],
                ],
                "filter": "name",
            ]
            let answer = try await registry.send(.patch, path, change, headers: ["If-Match": "*"])
            #expect(answer.status == 400)
            #expect(
                answer.fields
                    == ["mapping[1].expression", "mapping[2].when", "mapping[2].value", "filter"]
            )
            let first = answer["expressions"][0]
            #expect(first["rule"] == 1 && first["position"] == 6 && first["suggestion"] == "email")
            #expect(answer["expressions"][1]["rule"] == .null && answer["expressions"][1]["position"] == 0)
        }
    }

    @Test("a rule for new people only rejects nobody: those who are there already would be left out of every run")
    func onCreateRejects() async throws {
        try await withProvider { registry, _ in
            let path = "idps/\(try await registry.makeProvider())"
            let rule: [String: JSON] = ["target": "title", "kind": "direct", "source": "position", "missing": "reject"]
            for (when, status) in [("onCreate", 400), ("always", 200)] {
                let change: JSON = ["mapping": [.object(rule.merging(["when": .string(when)]) { $1 })]]
                let answer = try await registry.send(.patch, path, change, headers: ["If-Match": "*"])
                #expect(answer.status == status)
                #expect(answer.fields == (status == 400 ? ["mapping[0].missing"] : []))
            }
        }
    }

    @Test(
        "a direct rule names a field that people can have a text in; of any other it is said what was probably meant",
        arguments: [
            ("emial", "Did you mean email?"), ("colour", "such as email"), ("direct_leader", "first(direct_leader)"),
            ("departmentName", "departmentName()"), ("order", "another field"),
        ]
    )
    func sources(source: String, advice: String) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let before = try await registry.contents()
            let change: JSON = [
                "mapping": [
                    ["target": "title", "kind": "direct", "source": "main_department"],
                    ["target": "manager", "kind": "direct", "source": .string(source), "missing": "clear"],
                ]
            ]
            let answer = try await registry.send(.patch, "idps/\(id)", change, headers: ["If-Match": "*"])
            #expect(answer.status == 400)
            #expect(answer.fields == ["mapping[1].source"])
            #expect(answer.message(about: "mapping[1].source")?.contains(advice) == true, "\(answer.text)")
            #expect(try await registry.contents() == before)
        }
    }

    @Test("a rule that was saved before sources were looked at can still be read, and is not brought back")
    func earlierRules() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let providers = registry.components.providers
            try await registry.components.ledger.change { database in
                let provider = try #require(try IdentityProviderStore.lock(id, on: database))
                _ = try providers.revise(provider, by: .system, as: "idp.changed", on: database) {
                    $0.mapping = [MappingRule(target: "title", kind: .direct, source: "positon")]
                }
            }
            let mapping = try await registry.send(.get, "idps/\(id)")["mapping"]
            #expect(mapping[0]["source"] == "positon")
            #expect(try await registry.send(.get, "idps/\(id)/revisions/2")["settings"]["mapping"] == mapping)
            try await registry.patch(id, ["description": "another"])
            try await registry.patch(id, ["mapping": []])
            let path = "idps/\(id)/revisions/2/restore"
            let restored = try await registry.send(.post, path, headers: ["If-Match": "*"])
            #expect(restored.problem == "revision-does-not-fit")
            #expect(restored.fields == ["mapping[0].source"])
        }
    }

    @Test("a filter is saved with a new number of the mapping, shown, and taken back by null")
    func filter() async throws {
        try await withProvider { registry, _ in
            let path = "idps/\(try await registry.makeProvider())"
            for filter in [JSON.string("status == 5"), .string("status == 5 "), .null] {
                let answer = try await registry.send(.patch, path, ["filter": filter], headers: ["If-Match": "*"])
                #expect(answer.status == 200)
                #expect(answer["filter"] == filter)
            }
            let states = try await registry.published(TopicCatalogue.configuration).map {
                try $0.decode(IdentityProviderConfiguration.self)
            }
            #expect(states.map(\.filter) == [nil, "status == 5", "status == 5 ", nil])
            #expect(states.map(\.mappingNumber.rawValue) == [1, 2, 3, 4])
        }
    }

    @Test("whoever writes an expression can see what it can be made of")
    func functions() async throws {
        try await withProvider { registry, _ in
            let path = "idps/\(try await registry.makeProvider())"
            let answer = try await registry.send(.get, "\(path)/mapping/functions")
            #expect(answer.status == 200)
            let names = answer["functions"].array.compactMap { $0["name"].string }
            #expect(names.contains("coalesce") && names.contains("pinyin"))
            #expect(answer["fields"].array.contains(["name": "status", "type": "number"]))
        }
    }
}
