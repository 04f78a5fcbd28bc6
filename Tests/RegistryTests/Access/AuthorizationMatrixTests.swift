import Foundation
import HTTPTypes
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Every route, with a key of every role: of the tenant, of all tenants, of another tenant, and with none that is good.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct AuthorizationMatrixTests {
    /// Whether it is about what only owners see at all.
    private static func isForOwners(_ route: String) -> Bool {
        ["{key}", "{administrator}"].contains { route.contains($0) }
    }

    @Test("every route of the admin API is in the table, and no other")
    func isWhole() async throws {
        try await withRegistry { registry in
            #expect(RoleTable.routes(of: registry.components) == Set(RoleTable.table.keys))
        }
    }

    @Test(
        "a role is refused what is not in its reach, bound to the tenant or not, and nothing happens",
        arguments: Role.allCases
    )
    func refused(role: Role) async throws {
        try await withRouteThings { registry, things in
            let keys = [
                try await registry.makeKey(role.rawValue),
                try await registry.makeKey(role.rawValue, for: things.tenant),
            ]
            let before = try await registry.contents()
            for (route, entry) in RoleTable.inOrder where entry.role > role {
                for key in keys {
                    let answer = try await things.ask(route, entry, key: key)
                    #expect(answer.status == 403, "\(route): \(answer.text)")
                    #expect(answer.problem == "role-too-low", "\(route)")
                }
            }
            #expect(try await registry.contents() == before)
        }
    }

    @Test("a role may do what is in its reach, for its own tenant", arguments: Role.allCases, [true, false])
    func allowed(role: Role, isBound: Bool) async throws {
        try await withRouteThings { registry, things in
            let key = try await registry.makeKey(role.rawValue, for: isBound ? things.tenant : nil)
            for (route, entry) in RoleTable.inOrder where entry.role <= role {
                let answer = try await things.ask(route, entry, key: key)
                if entry.isForAll, isBound {
                    #expect(answer.problem == "bound-to-tenant", "\(route): \(answer.text)")
                } else if let refusal = entry.refusal {
                    #expect(answer.status == refusal, "\(route): \(answer.text)")
                } else {
                    #expect((200..<300).contains(answer.status), "\(route): \(answer.text)")
                }
            }
        }
    }

    @Test("another tenant's things are answered as if there were none, in every word", arguments: Role.allCases)
    func foreign(role: Role) async throws {
        try await withRouteThings { registry, things in
            let other = try await registry.makeTenant("the other's name")
            let key = try await registry.makeKey(role.rawValue, for: other)
            let before = try await registry.contents()
            let missing = things.missing
            for (route, entry) in RoleTable.inOrder where route.contains("{") {
                let (answer, nothing) = (
                    try await things.ask(route, entry, key: key), try await missing.ask(route, entry, key: key)
                )
                #expect(answer.status == (Self.isForOwners(route) && role < .owner ? 403 : 404), "\(route)")
                #expect(answer.bytes == nothing.bytes && answer.status == nothing.status, "\(route): \(answer.text)")
                #expect(answer.headers.map(\.name) == nothing.headers.map(\.name), "\(route)")
            }
            #expect(try await registry.contents() == before)
        }
    }

    @Test("lists and exports hold nothing of another tenant")
    func lists() async throws {
        try await withRouteThings { registry, things in
            let other = try await registry.makeTenant("the other's name")
            let key = try await registry.makeKey("owner", for: other)
            for (route, entry) in RoleTable.inOrder where route.hasPrefix("GET") && !route.contains("{") {
                let answer = try await things.ask(route, entry, key: key)
                #expect(answer.status == (entry.isForAll ? 403 : 200), "\(route)")
                for value in things.ids + ["the tenant's name"] { #expect(!answer.text.contains(value), "\(route)") }
            }
        }
    }

    @Test("without a key that is good nobody may do anything, and nobody is told what is wrong with it")
    func keyless() async throws {
        try await withRouteThings { registry, things in
            let keys = try await registry.badKeys(for: things.tenant)
            let before = try await registry.contents()
            let usual = try await registry.send(.get, "tenants", key: nil)
            for (route, entry) in RoleTable.inOrder {
                for (what, key) in keys {
                    let answer = try await things.ask(route, entry, key: key)
                    #expect(answer.status == 401, "\(route), \(what)")
                    #expect(answer.bytes == usual.bytes, "\(route), \(what)")
                }
            }
            #expect(try await registry.contents() == before)
        }
    }

    @Test("another tenant's thing costs the database what a missing one costs, and a key that ended what none costs")
    func sameWork() async throws {
        try await withRegistry(connections: 1) { registry in
            let (mine, other) = (try await registry.makeTenant(), try await registry.makeTenant())
            let id = try await registry.makeConnectedProvider(in: mine)
            let run = try await registry.startRun(id)["id"].string ?? ""
            let key = try await registry.makeKey("owner", for: other)
            for (path, missing) in [
                ("idps/\(id)", "idps/\(IdentityProviderID.make())"),
                ("runs/\(run)", "runs/\(IdentityProviderID.make())"),
                ("tenants/\(mine)", "tenants/\(IdentityProviderID.make())"),
            ] {
                let (one, another) = (
                    try await registry.statements { _ = try await registry.send(.get, path, key: key) },
                    try await registry.statements { _ = try await registry.send(.get, missing, key: key) }
                )
                #expect(one == another, "\(path)")
            }
            let counts = try await registry.badKeys(for: mine).filter { $0.what != "none" }.asyncMap { _, key in
                try await registry.statements { _ = try await registry.send(.get, "idps/\(id)", key: key) }
            }
            #expect(Set(counts).count == 1, "\(counts)")
        }
    }
}

extension TestRegistry {
    /// What nobody is let in with: no key, one that never was, and owners' keys that are good no more.
    func badKeys(for tenant: String) async throws -> [(what: String, key: String?)] {
        let names = ["expired", "revoked", "replaced"]
        var keys: [(what: String, key: String?)] = [
            ("none", nil), ("unknown", "wbk_" + String(repeating: "x", count: 32)),
        ]
        for name in names {
            let body: JSON = ["name": .string(name), "role": "owner", "tenantID": .string(tenant)]
            let made = try await send(.post, "api-keys", body)
            let id = try #require(made["id"].string)
            keys.append((name, made["key"].string))
            switch name {
            case "expired":
                try await database.run("update registry.api_keys set expires_at = now() where id = \(id)::uuid")
            case "revoked":
                let answer = try await send(.delete, "api-keys/\(id)", headers: ["If-Match": "*"])
                #expect(answer.status == 204)
            default:
                let body: JSON = ["overlapHours": 0]
                let answer = try await send(.post, "api-keys/\(id)/replace", body, headers: ["If-Match": "*"])
                #expect(answer.status == 200, "\(answer.text)")
            }
        }
        return keys
    }

    /// How many statements, or transactions, the only session runs while something is done.
    fileprivate func statements(_ body: () async throws -> Void) async throws -> Int {
        // A session that touched no table since it last told its counts does not tell them when asked to either.
        func count() async throws -> Int {
            try await database.run(
                "select pg_stat_force_next_flush() from (select from registry.tenants limit 1) as touched"
            )
            return try await database.run(
                "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"
            )[0].decode(Int.self)
        }
        // The server's own workers count too now and then: the fewest of some times are the request's alone.
        var fewest = Int.max
        for _ in 1...10 {
            let before = try await count()
            try await body()
            fewest = min(fewest, try await count() - before)
        }
        return fewest
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
