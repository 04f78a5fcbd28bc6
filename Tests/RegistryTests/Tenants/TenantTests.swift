import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct TenantTests {
    @Test("a tenant gets an enterprise ID of its own")
    func enterpriseID() async throws {
        try await withRegistry { registry in
            let first = try await registry.send(.post, "tenants", ["name": "Acme 公司"])
            let second = try await registry.send(.post, "tenants", ["name": "Acme 公司"])
            #expect(first.status == 201)
            #expect(first["name"] == "Acme 公司")
            #expect(EnterpriseID(first["enterpriseID"].string ?? "") != nil)
            #expect(first["enterpriseID"] != second["enterpriseID"])
            let id = try #require(first["id"].string)
            #expect(first.header("Location") == "/api/v1/tenants/\(id)")
            #expect(try await registry.send(.get, "tenants/\(id)").json == first.json)
        }
    }

    @Test("tenants are listed page by page, each once, in the order of their making")
    func pages() async throws {
        try await withRegistry { registry in
            var made: [JSON] = []
            for index in 0..<5 { made.append(.string(try await registry.makeTenant("tenant \(index)"))) }
            var seen: [JSON] = []
            var path: String? = "tenants?limit=2"
            var pages = 0
            while let next = path {
                let page = try await registry.send(.get, next)
                seen += page["items"].array.map { $0["id"] }
                path = page["nextCursor"].string.map { "tenants?limit=2&cursor=\($0)" }
                pages += 1
            }
            #expect(seen == made)
            #expect(pages == 3)
        }
    }

    @Test("a page that is asked for wrongly is refused with every mistake", arguments: ["0", "201", "x", "-1"])
    func badPage(limit: String) async throws {
        try await withRegistry { registry in
            let answer = try await registry.send(.get, "tenants?limit=\(limit)&cursor=%21")
            #expect(answer.status == 400)
            #expect(answer.fields == ["limit", "cursor"])
        }
    }

    @Test("another list's cursor is refused")
    func foreignCursor() async throws {
        try await withRegistry { registry in
            let answer = try await registry.send(.get, "tenants?cursor=\(Page.encode("12"))")
            #expect(answer.status == 400)
            #expect(answer.fields == ["cursor"])
        }
    }

    @Test(
        "a name without anything to see, or longer than 100 characters, is refused",
        arguments: ["", "   ", "a\nb", String(repeating: "名", count: 101)]
    )
    func badName(name: String) async throws {
        try await withRegistry { registry in
            let answer = try await registry.send(.post, "tenants", ["name": .string(name)])
            #expect(answer.status == 400)
            #expect(answer.fields == ["name"])
            #expect(try await registry.count("tenants") == 0)
        }
    }

    @Test("what does not exist is not found", arguments: ["tenants/7", "tenants/\(TenantID.make())", "nothing"])
    func notFound(path: String) async throws {
        try await withRegistry { registry in
            let answer = try await registry.send(.get, path)
            #expect(answer.status == 404)
            #expect(answer.problem == "not-found")
        }
    }

    @Test("a rule for a field that the tenant does not have is refused with the fields that there are")
    func unknownTarget() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let rule: JSON = ["target": "costCenter", "kind": "constant", "value": "1"]
            let answer = try await registry.send(
                .patch,
                "idps/\(id)",
                ["mapping": [rule]],
                headers: ["If-Match": "\"1\""]
            )
            #expect(answer.status == 400)
            #expect(answer.fields == ["mapping[0].target"])
            #expect(answer.message(about: "mapping[0].target")?.contains("displayName") == true)
        }
    }
}
