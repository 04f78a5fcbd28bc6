import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// What operators are shown of all tenants.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ConditionTests {
    @Test("what a run holds is listed with its tenant, identity provider and run, until nothing is held")
    func held() async throws {
        try await withRegistry { registry in
            let (id, run) = try await registry.makeHeldRun()
            let answer = try await registry.send(.get, "operations/conditions")
            #expect(answer["items"].array.count == 1)
            let item = answer["items"][0]
            #expect(item["kind"] == "removals-held" && item["times"] == 1)
            #expect(item["run"].string == run && item["idpID"].string == id.description)
            #expect(item["tenantName"] == "Acme" && item["idpName"] == "test_123")
            #expect(item["sentence"].string?.isEmpty == false && item["fix"].string?.isEmpty == false)
            #expect(item["lastSuccessAt"].string != nil)
            try await registry.finish(try await registry.startRun(id))
            #expect(try await registry.send(.get, "operations/conditions")["items"].array.isEmpty)
        }
    }

    @Test("a page ends where the next begins, the oldest condition comes first, and a kind can be chosen")
    func pages() async throws {
        try await withRegistry { registry in
            var failed: [String] = []
            for _ in 0..<3 {
                let id = try await registry.makeConnectedProvider()
                try await registry.finish(try await registry.startRun(id), .failed)
                failed.append(id.description)
            }
            let (_, held) = try await registry.makeHeldRun()
            var (seen, cursor) = ([String](), String?.none)
            repeat {
                let path = PercentEncoding.url("operations/conditions?kind=run-failed&limit=2", [("cursor", cursor)])
                let answer = try await registry.send(.get, path)
                #expect(answer.status == 200, "\(answer.text)")
                seen += answer["items"].array.compactMap { $0["idpID"].string }
                cursor = answer["nextCursor"].string
            } while cursor != nil
            #expect(seen == failed)
            let others = try await registry.send(.get, "operations/conditions?kind=removals-held")["items"].array
            #expect(others.map { $0["run"].string } == [held])
        }
    }

    @Test("a tenant's own key, and a viewer's, are refused", arguments: ["viewer", "owner"])
    func refused(role: String) async throws {
        try await withRegistry { registry in
            let tenant: String? = if role == "owner" { try await registry.makeTenant() } else { nil }
            let key = try await registry.makeKey(role, for: tenant)
            let answer = try await registry.send(.get, "operations/conditions", key: key)
            #expect(answer.status == 403)
            #expect(answer.problem == (tenant == nil ? "role-too-low" : "bound-to-tenant"))
        }
    }

    @Test("a kind that there is not, and a cursor of another list, are refused", arguments: ["kind=ping", "cursor=eA"])
    func mistakes(query: String) async throws {
        try await withRegistry { registry in
            let answer = try await registry.send(.get, "operations/conditions?\(query)")
            #expect(answer.status == 400)
        }
    }
}
