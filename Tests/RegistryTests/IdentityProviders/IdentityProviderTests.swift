import Foundation
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct IdentityProviderTests {
    @Test("a new identity provider has the defaults of the product, and every service is told of it")
    func create() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.send(.post, "tenants", ["name": "Acme"])
            let path = "tenants/\(tenant["id"].string ?? "")/idps"
            let body: JSON = ["name": "名称_测试-1", "description": "WeCom data source"]
            let made = try await registry.send(.post, path, body)
            #expect(made.status == 201)
            #expect(made.header("ETag") == "\"1\"")
            #expect(made["status"] == "enabled")
            #expect(made["automaticSynchronization"] == true)
            #expect(made["synchronizeUserInformation"] == true)
            #expect(made["tellContactDetails"] == false)
            #expect(made["cycleHours"] == 24)
            #expect(made["scope"] == ["kind": "all"])
            #expect(made["mapping"].array.count == 7)
            #expect(made["authorization"] == ["state": "pending"])
            #expect(made["enterpriseID"] == tenant["enterpriseID"])
            #expect(made["nextRunAt"] == .null)
            let id = try #require(made["id"].string)
            #expect(made.header("Location") == "/api/v1/idps/\(id)")
            #expect(try await registry.send(.get, "idps/\(id)").json == made.json)
            #expect(try await registry.send(.get, path)["items"] == [made.json])

            let records = try await registry.published(TopicCatalogue.configuration)
            let record = try #require(records.first)
            let published = try record.decode(IdentityProviderConfiguration.self)
            #expect(records.count == 1)
            #expect(record.key == id)
            #expect(record.header("ce_type") == "wecombridge.identity-provider-configuration.v1")
            #expect(record.header("ce_tenantid") == tenant["id"].string)
            #expect(record.header("ce_source") == "idp-registry/test")
            #expect(published.name.description == "名称_测试-1")
            #expect(published.revision.rawValue == 1)
        }
    }

    @Test("every setting can be given at creation")
    func createWithEverything() async throws {
        try await withRegistry { registry in
            let settings: [String: JSON] = [
                "status": "closed", "automaticSynchronization": false, "synchronizeUserInformation": false,
                "tellContactDetails": true, "cycleHours": 6, "scope": ["kind": "departments", "departments": [2, 5]],
                "mapping": [
                    [
                        "target": "username", "kind": "direct", "source": "userid", "when": "onCreate",
                        "missing": "clear",
                    ]
                ],
                "filter": "position != \"Guest\"", "safetyLimits": SafetyLimitTests.everything,
                "schema": "WWAUTH1e933be11645237c000012",
            ]
            let id = try await registry.makeProvider(settings)
            let seen = try await registry.send(.get, "idps/\(id)")
            for (field, value) in settings where field != "schema" { #expect(seen[field] == value) }
            #expect(seen["schema"] == "wwauth1e933be11645237c000012")
        }
    }

    @Test("a change makes the next revision, which tells what changed and by whom")
    func change() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let body: JSON = ["name": "other", "cycleHours": 2]
            let changed = try await registry.send(.patch, "idps/\(id)", body, headers: ["If-Match": "\"1\""])
            #expect(changed.status == 200)
            #expect(changed.header("ETag") == "\"2\"")
            #expect(changed["name"] == "other")
            #expect(changed["cycleHours"] == 2)
            let revisions = try await registry.send(.get, "idps/\(id)/revisions")["items"]
            #expect(revisions.array.map { $0["revision"] } == [2, 1])
            #expect(revisions[0]["changedBy"] == ["kind": "bootstrap", "name": "bootstrap"])
            #expect(
                revisions[0]["changes"] == [
                    "name": ["from": "test_123", "to": "other"], "cycleHours": ["from": 24, "to": 2],
                ]
            )
            let states = try await registry.published(TopicCatalogue.configuration)
            #expect(states.count == 2)
            #expect(try states[1].decode(IdentityProviderConfiguration.self).cycleHours.rawValue == 2)
        }
    }

    @Test("a change that changes nothing leaves revision, audit and topic alone")
    func noChange() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let audited = try await registry.count("audit")
            let body: JSON = ["name": "test_123", "cycleHours": 24]
            let answer = try await registry.send(.patch, "idps/\(id)", body, headers: ["If-Match": "\"1\""])
            #expect(answer.header("ETag") == "\"1\"")
            #expect(try await registry.count("revisions") == 1)
            #expect(try await registry.count("audit") == audited)
            #expect(try await registry.published(TopicCatalogue.configuration).count == 1)
        }
    }

    @Test("a change without If-Match is refused, and it is said how to send it")
    func missingIfMatch() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let answer = try await registry.send(.patch, "idps/\(id)", ["cycleHours": 2])
            #expect(answer.status == 428)
            #expect(answer.problem == "if-match-missing")
            #expect(answer["fix"].string?.contains("ETag") == true)
        }
    }

    @Test("a stale If-Match is refused with what changed meanwhile, and what the change would have made of it")
    func staleIfMatch() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            try await registry.patch(id, ["cycleHours": 2, "description": "B"])
            try await registry.patch(id, ["cycleHours": 3])
            let body: JSON = ["cycleHours": 5, "name": "mine"]
            let answer = try await registry.send(.patch, "idps/\(id)", body, headers: ["If-Match": "\"1\""])
            #expect(answer.status == 412)
            #expect(answer.problem == "revision-changed")
            #expect(answer.header("ETag") == "\"3\"")
            #expect(
                answer["changes"] == [
                    "cycleHours": ["yours": 5, "current": 3], "description": ["current": "B"],
                ]
            )
            #expect(try await registry.send(.get, "idps/\(id)")["name"] == "test_123")
        }
    }

    @Test("an If-Match that is no ETag of ours is refused", arguments: ["abc", "\"x\"", "", "1,x"])
    func malformedIfMatch(header: String) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let answer = try await registry.send(.patch, "idps/\(id)", ["cycleHours": 2], headers: ["If-Match": header])
            #expect([400, 412].contains(answer.status))
            #expect(try await registry.count("revisions") == 1)
        }
    }

    @Test("of several changes to one revision at once, one is made and the others hear of it")
    func concurrentChanges() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for hours in 1...8 {
                    group.addTask {
                        let body: JSON = ["cycleHours": .integer(Int64(hours))]
                        return try await registry.send(.patch, "idps/\(id)", body, headers: ["If-Match": "\"1\""])
                            .status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + [Int](repeating: 412, count: 7))
            #expect(try await registry.count("revisions") == 2)
        }
    }

    @Test("closing asks for the word that it is meant, and says what it does to end users")
    func closing() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let match = ["If-Match": "\"1\""]
            let answer = try await registry.send(.patch, "idps/\(id)", ["status": "closed"], headers: match)
            #expect(answer.status == 409)
            #expect(answer.problem == "closing-needs-confirmation")
            #expect(answer["detail"].string?.contains("logging on") == true)
            let body: JSON = ["status": "closed", "confirmClosing": true]
            #expect(try await registry.send(.patch, "idps/\(id)", body, headers: match)["status"] == "closed")
            let again = try await registry.send(
                .patch,
                "idps/\(id)",
                ["status": "closed"],
                headers: ["If-Match": "\"2\""]
            )
            #expect(again.status == 200)
        }
    }

    @Test("a deleted identity provider is gone, its credentials too, and a small record says so for ever")
    func delete() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let id = try await registry.makeConnectedProvider(in: tenant)
            #expect(try await registry.send(.delete, "idps/\(id)", headers: ["If-Match": "\"1\""]).status == 412)
            #expect(try await registry.deleteProvider(id).status == 204)
            #expect(try await registry.deleteProvider(id).status == 404)
            let late = try await registry.send(.patch, "idps/\(id)", ["cycleHours": 2], headers: ["If-Match": "*"])
            #expect(late.status == 404)
            #expect(try await registry.send(.post, "idps/\(id)/runs").status == 404)
            #expect(try await registry.send(.get, "idps/\(id)").status == 404)
            #expect(try await registry.send(.get, "tenants/\(tenant)/idps")["items"] == [])
            let last = try #require(try await registry.published(TopicCatalogue.configuration).last)
            #expect(last.key == id.description)
            let record = try last.decode(IdentityProviderConfiguration.self)
            #expect(record.status == .deleted)
            #expect(record.revision == Revision(rawValue: 3))
            #expect(record.connection == nil)
            let rows = try await registry.database.run(
                "select configuration = convert_from(\(last.value), 'UTF8')::jsonb from registry.identity_providers"
            )
            let isTheSame = try #require(rows.first).decode(Bool.self)
            #expect(isTheSame)
        }
    }

    @Test("another corp is another generation, the same one is not, and only rules and fields make another mapping")
    func numbers() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let id = try await registry.makeProvider(in: tenant)
            var numbers: [[Int64]] = []
            func note() async throws {
                let terms = try await registry.configuration().terms
                numbers.append([terms.generation.rawValue, terms.mapping.rawValue])
            }
            try await note()
            try await registry.connect(id, corpID: "ww1e933be11645237c")
            try await note()
            try await registry.connect(id, corpID: "WW1E933BE11645237C")
            try await registry.patch(id, ["cycleHours": 3, "scope": ["kind": "departments", "departments": [2]]])
            try await note()
            try await registry.connect(id, corpID: "ww2e933be11645237c")
            try await note()
            try await registry.patch(id, ["mapping": []])
            try await note()
            let field: JSON = ["key": "room", "titles": ["en": "x"]]
            #expect(try await registry.send(.post, "tenants/\(tenant)/extended-fields", field).status == 201)
            try await note()
            try await registry.connect(id, corpID: "ww1e933be11645237c")
            try await note()
            #expect(numbers == [[1, 1], [1, 1], [1, 1], [2, 1], [2, 2], [2, 3], [3, 3]])
        }
    }

    @Test("no answer ever holds a secret, not even a sealed one")
    func secrets() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            for path in ["idps/\(id)", "idps/\(id)/revisions", "idps/\(id)/authorization", "audit"] {
                let text = try await registry.send(.get, path).text
                #expect(!text.contains("v1.k1."), "\(path)")
                #expect(!text.contains("\"secret\":\"v"), "\(path)")
            }
        }
    }

    @Test("the schema follows from corp ID and agent ID unless it was typed, and a difference is explained")
    func schema() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let computed: JSON = "wwauth1e933be11645237c000012"
            let seen = try await registry.send(.get, "idps/\(id)")
            #expect(seen["schema"] == computed)
            #expect(seen["schemaAdvice"] == .null)
            let other = try await registry.patch(id, ["schema": "wwauth1e933be11645237c000013"])
            #expect(other["schemaAdvice"].string?.contains("wwauth1e933be11645237c000012") == true)
            #expect(try await registry.patch(id, ["name": "renamed"])["schema"] == "wwauth1e933be11645237c000013")
            #expect(try await registry.patch(id, ["schema": nil])["schema"] == computed)
        }
    }

    @Test("a body that is no JSON, too large, or of another type is refused", arguments: ["{", "", "[1", "nonsense"])
    func badBody(text: String) async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let answer = try await registry.send(.post, "tenants/\(tenant)/idps", text: text)
            #expect(answer.status == 400)
            #expect(answer.problem == "bad-json")
            let large = "{\"name\":\"" + String(repeating: "a", count: 300_000) + "\"}"
            #expect(try await registry.send(.post, "tenants/\(tenant)/idps", text: large).status == 413)
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            #expect(try await registry.send(.post, "tenants/\(tenant)/idps", text: "a=b", headers: form).status == 415)
            let list = try await registry.send(.post, "tenants/\(tenant)/idps", text: "[]")
            #expect(list.status == 400)
            #expect(list.fields == ["body"])
            #expect(try await registry.count("identity_providers") == 0)
        }
    }

    @Test("an unknown field is refused by its name")
    func unknownField() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let answer = try await registry.send(
                .patch,
                "idps/\(id)",
                ["cycleHour": 2, "cycleHours": 25],
                headers: ["If-Match": "\"1\""]
            )
            #expect(answer.status == 400)
            #expect(answer.problem == "unknown-field")
            #expect(answer.fields == ["cycleHours", "cycleHour"])
        }
    }
}
