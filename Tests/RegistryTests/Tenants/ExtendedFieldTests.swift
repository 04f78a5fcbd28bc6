import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ExtendedFieldTests {
    private static let any = ["If-Match": "*"]
    private static let field: JSON = ["key": "costCenter", "titles": ["zh": "成本中心", "en": "Cost centre"]]

    @Test("a field has a key, titles in several languages, a type, and says whether it is required and visible")
    func whole() async throws {
        try await withRegistry { registry in
            let path = "tenants/\(try await registry.makeTenant())/extended-fields"
            let whole: JSON = [
                "key": "grade", "titles": ["zh": "级别", "en-GB": "Grade"], "type": "choice", "options": ["A", "B"],
                "isRequired": true, "isVisible": false,
            ]
            let made = try await registry.send(.post, path, whole)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.json == whole)
            #expect(made.header("ETag") == "\"1\"")
            let least = try await registry.send(.post, path, Self.field)
            #expect(least["type"] == "text")
            #expect(least["options"] == [])
            #expect(least["isRequired"] == false)
            #expect(least["isVisible"] == true)
            let found = try await registry.send(.get, "\(path)/grade")
            #expect(found["usedBy"] == [])
            #expect(try await registry.send(.get, path)["items"].array.map { $0["key"] } == ["costCenter", "grade"])
        }
    }

    @Test("a field comes into each of the tenant's configurations, and leaves with its rules")
    func configurations() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let id = try await registry.makeProvider(in: tenant)
            let path = "tenants/\(tenant)/extended-fields"
            #expect(try await registry.send(.post, path, Self.field).status == 201)
            #expect(try await registry.send(.post, path, Self.field).problem == "field-exists")
            try await registry.patch(id, ["mapping": [Self.rule]])
            let renamed: JSON = ["titles": ["en": "Cost"]]
            #expect(try await registry.send(.patch, "\(path)/costCenter", renamed, headers: Self.any).status == 200)
            let confirmed = "\(path)/costCenter?confirm=costCenter"
            #expect(try await registry.send(.delete, confirmed, headers: Self.any).status == 204)
            let states = try await registry.published(TopicCatalogue.configuration).map {
                try $0.decode(IdentityProviderConfiguration.self)
            }
            #expect(states.map(\.extendedFields.count) == [0, 1, 1, 1, 0])
            #expect(states.map(\.mapping.count) == [7, 7, 1, 1, 0])
            #expect(states.map(\.revision.rawValue) == [1, 2, 3, 4, 5])
            #expect(states.map(\.mappingNumber.rawValue) == [1, 2, 3, 3, 4], "a title maps nobody otherwise")
        }
    }

    private static let rule: JSON = ["target": "costCenter", "kind": "direct", "source": "extattr.成本中心"]

    @Test("what rules fill is neither deleted nor given another type unawares: rules and identity providers are named")
    func used() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let path = "tenants/\(tenant)/extended-fields"
            _ = try await registry.send(.post, path, Self.field)
            let id = try await registry.makeProvider(in: tenant)
            _ = try await registry.makeProvider(in: tenant, ["name": "other"])
            try await registry.patch(id, ["mapping": [Self.rule]])
            let shown: JSON = [
                "target": "costCenter", "kind": "direct", "source": "extattr.成本中心", "when": "always", "missing": "keep",
            ]
            let use: JSON = ["idpID": .string(id.description), "name": "test_123", "rules": [shown]]
            #expect(try await registry.send(.get, "\(path)/costCenter")["usedBy"] == [use])
            let before = try await registry.contents()
            let change: JSON = ["type": "integer"]
            for answer in [
                try await registry.send(.delete, "\(path)/costCenter", headers: Self.any),
                try await registry.send(.delete, "\(path)/costCenter?confirm=costcenter", headers: Self.any),
                try await registry.send(.patch, "\(path)/costCenter", change, headers: Self.any),
            ] {
                #expect(answer.status == 409)
                #expect(answer.problem == "field-in-use")
                #expect(answer["usedBy"] == [use])
                #expect(answer["detail"].string?.contains("test_123") == true)
            }
            #expect(try await registry.contents() == before)
            let confirmed = "\(path)/costCenter?confirm=costCenter"
            #expect(try await registry.send(.patch, confirmed, change, headers: Self.any)["type"] == "integer")
        }
    }

    @Test("a field goes on taking the fixed values of rules: those that it could not hold are named, confirmed or not")
    func fixedValues() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let path = "tenants/\(tenant)/extended-fields"
            let site: JSON = ["key": "site", "titles": ["en": "Site"], "type": "choice", "options": ["A", "B"]]
            _ = try await registry.send(.post, path, site)
            let id = try await registry.makeProvider(in: tenant)
            let other = try await registry.makeProvider(in: tenant, ["name": "other"])
            let constant: JSON = ["target": "site", "kind": "constant", "value": "A"]
            try await registry.patch(other, ["mapping": [constant]])
            let rule: JSON = [
                "target": "site", "kind": "direct", "source": "extattr.Site", "value": "B", "when": "always",
                "missing": "default",
            ]
            try await registry.patch(id, ["mapping": [rule]])
            let use: JSON = ["idpID": .string(id.description), "name": "test_123", "rules": [rule]]
            let before = try await registry.contents()
            for site in ["\(path)/site", "\(path)/site?confirm=site"] {
                let change: JSON = ["options": ["A", "C"]]
                let answer = try await registry.send(.patch, site, change, headers: Self.any)
                #expect(answer.status == 409)
                #expect(answer.problem == "field-value-in-use")
                #expect(answer["usedBy"] == [use])
                #expect(answer["detail"].string?.contains("\"test_123\" → B") == true, "\(answer.text)")
            }
            let typed = try await registry.send(.patch, "\(path)/site", ["type": "integer"], headers: Self.any)
            #expect(typed["usedBy"].array.count == 2, "\(typed.text)")
            #expect(try await registry.contents() == before)
            let more: JSON = ["options": ["A", "B", "C"]]
            let widened = try await registry.send(.patch, "\(path)/site?confirm=site", more, headers: Self.any)
            #expect(widened.status == 200, "\(widened.text)")
        }
    }

    @Test("a change says which version it is a change of")
    func locking() async throws {
        try await withRegistry { registry in
            let path = "tenants/\(try await registry.makeTenant())/extended-fields"
            _ = try await registry.send(.post, path, Self.field)
            let change: JSON = ["isVisible": false]
            for method in [Method.patch, .delete] {
                let body = method == .patch ? change : nil
                #expect(try await registry.send(method, "\(path)/costCenter", body).status == 428)
                let stale = try await registry.send(method, "\(path)/costCenter", body, headers: ["If-Match": "\"9\""])
                #expect(stale.status == 412)
                #expect(stale.header("ETag") == "\"1\"")
            }
            let match = ["If-Match": "\"1\""]
            let changed = try await registry.send(.patch, "\(path)/costCenter", change, headers: match)
            #expect(changed.header("ETag") == "\"2\"")
            #expect(try await registry.send(.patch, "\(path)/costCenter", change, headers: match).status == 412)
        }
    }

    private static let mistaken: [(body: JSON, fields: [String])] = [
        (["key": "Cost", "titles": ["en": "x"]], ["key"]), (["key": "1a", "titles": ["en": "x"]], ["key"]),
        (["key": "email", "titles": ["en": "x"]], ["key"]), (["key": "é", "titles": ["en": "x"]], ["key"]),
        (["key": "a"], ["titles"]), (["key": "a", "titles": [:]], ["titles"]),
        (["key": "a", "titles": ["english!": "x", "en": ""]], ["titles.en", "titles.english!"]),
        (["key": "a", "titles": ["en": "x"], "type": "number"], ["type"]),
        (["key": "a", "titles": ["en": "x"], "type": "choice"], ["options"]),
        (["key": "a", "titles": ["en": "x"], "options": ["A"]], ["options"]),
        (["key": "a", "titles": ["en": "x"], "type": "choice", "options": ["A", "A"]], ["options"]),
        (["key": "a", "titles": ["en": "x"], "label": "x"], ["label"]),
    ]

    @Test("what is no field is refused with each mistake", arguments: mistaken)
    func mistakes(body: JSON, fields: [String]) async throws {
        try await withRegistry { registry in
            let path = "tenants/\(try await registry.makeTenant())/extended-fields"
            let answer = try await registry.send(.post, path, body)
            #expect(answer.status == 400)
            #expect(answer.fields == fields, "\(answer.text)")
        }
    }
}
