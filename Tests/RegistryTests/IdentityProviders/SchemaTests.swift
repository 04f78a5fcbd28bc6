import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Where the native clients' schema comes from, and what is said of it (wecom.md §4.5).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct SchemaTests {
    private static let encrypted = "wpOolDCwAAaNp2bgvLbNfaDiQwMy9vlQ"

    @Test("the view says where the schema comes from: computed, typed, or needed")
    func origins() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            #expect(try await registry.send(.get, "idps/\(id)")["schemaOrigin"] == .null)
            try await registry.connect(id, corpID: "ww1e933be11645237c")
            #expect(try await registry.send(.get, "idps/\(id)")["schemaOrigin"] == "computed")
            let typed = try await registry.patch(id, ["schema": "wwauth1e933be11645237c000013"])
            #expect(typed["schemaOrigin"] == "typed")
            let same = try await registry.patch(id, ["schema": "wwauth1e933be11645237c000012"])
            #expect(same["schemaOrigin"] == "computed")
            #expect(same["schemaAdvice"] == .null)
        }
    }

    @Test("where it cannot be computed, the view says what it is and where it comes from, and it is taken")
    func needed() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(corpID: Self.encrypted)
            let seen = try await registry.send(.get, "idps/\(id)")
            #expect(seen["schema"] == .null)
            #expect(seen["schemaOrigin"] == "needed")
            #expect(seen["schemaAdvice"].string?.contains("企业微信授权登录") == true)
            let typed = try await registry.patch(id, ["schema": "WWAUTH4151EFA784C9324D000012"])
            #expect(typed["schema"] == "wwauth4151efa784c9324d000012")
            #expect(typed["schemaOrigin"] == "typed")
            #expect(typed["schemaAdvice"] == .null)
            let other = try await registry.patch(id, ["schema": "wwauth4151efa784c9324d000013"])
            #expect(other["schemaAdvice"].string?.contains("000012") == true)
            #expect(try await registry.patch(id, ["schema": nil])["schemaOrigin"] == "needed")
        }
    }

    @Test("a typed schema of another enterprise is explained with the expected one")
    func otherCorp() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let other = try await registry.patch(id, ["schema": "wwauth4151efa784c9324d000012"])
            #expect(other["schemaAdvice"].string?.contains("wwauth1e933be11645237c000012") == true)
            #expect(other["schemaAdvice"].string?.contains("another enterprise") == true)
        }
    }
}
