import HTTPTypes
import Hummingbird
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// What each role may do: the table has every route of the admin API, so that none can be forgotten.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(3)))
struct RoleTableTests {
    /// The least role for a route, and a body that it takes.
    struct Entry: Sendable {
        var role: Role
        var body: JSON?
        /// Whether a key that is bound to a tenant may not do it.
        var isForAll = false
        /// Whether the run of the path is one that holds something, and has removed somebody.
        var isAboutHeld = false
    }

    static let table: [String: Entry] = [
        "GET tenants": Entry(role: .viewer),
        "POST tenants": Entry(role: .owner, body: ["name": "x"], isForAll: true),
        "GET tenants/{tenant}": Entry(role: .viewer),
        "GET tenants/{tenant}/extended-fields": Entry(role: .viewer),
        "POST tenants/{tenant}/extended-fields": Entry(role: .admin, body: ["key": "room", "label": "x"]),
        "PATCH tenants/{tenant}/extended-fields/{field}": Entry(role: .admin, body: ["label": "y"]),
        "DELETE tenants/{tenant}/extended-fields/{field}": Entry(role: .admin),
        "GET tenants/{tenant}/idps": Entry(role: .viewer),
        "POST tenants/{tenant}/idps": Entry(role: .admin, body: ["name": "test_124", "description": "x"]),
        "GET idps/{idp}": Entry(role: .viewer),
        "PATCH idps/{idp}": Entry(role: .admin, body: ["cycleHours": 5]),
        "DELETE idps/{idp}": Entry(role: .admin),
        "GET idps/{idp}/revisions": Entry(role: .viewer),
        "GET idps/{idp}/authorization": Entry(role: .viewer),
        "POST idps/{idp}/authorization": Entry(role: .admin),
        "GET idps/{idp}/authorization/qr.svg": Entry(role: .admin),
        "GET idps/{idp}/authorization/qr.png": Entry(role: .admin),
        "POST idps/{idp}/authorization/confirm": Entry(role: .admin, body: ["grantID": "{toConfirm}"]),
        "POST idps/{idp}/authorization/decline": Entry(role: .admin, body: ["grantID": "{toDecline}"]),
        "POST idps/{idp}/authorization/end": Entry(role: .admin, body: ["grantID": "{toEnd}"]),
        "POST idps/{idp}/preflight": Entry(role: .operator),
        "GET idps/{idp}/runs": Entry(role: .viewer),
        "POST idps/{idp}/quarantine/release": Entry(role: .operator),
        "POST idps/{idp}/runs": Entry(role: .operator),
        "GET runs/{run}": Entry(role: .viewer),
        "GET runs/{run}/events": Entry(role: .viewer, isAboutHeld: true),
        "GET tenants/{tenant}/webhooks": Entry(role: .viewer),
        "POST tenants/{tenant}/webhooks": Entry(role: .admin, body: ["url": "https://hooks.example.com/a"]),
        "GET tenants/{tenant}/webhooks/{webhook}": Entry(role: .viewer),
        "PATCH tenants/{tenant}/webhooks/{webhook}": Entry(role: .admin, body: ["description": "x"]),
        "DELETE tenants/{tenant}/webhooks/{webhook}": Entry(role: .admin),
        "POST tenants/{tenant}/webhooks/{webhook}/rotate-secret": Entry(role: .admin),
        "POST tenants/{tenant}/webhooks/{webhook}/ping": Entry(role: .admin),
        "GET tenants/{tenant}/notifications": Entry(role: .viewer),
        "GET tenants/{tenant}/deliveries": Entry(role: .viewer),
        "POST tenants/{tenant}/deliveries/{delivery}/retry": Entry(role: .admin),
        "GET idps/{idp}/notifications": Entry(role: .viewer),
        "PATCH idps/{idp}/notifications": Entry(role: .admin, body: ["enabled": true, "recipients": ["zhangsan"]]),
        "POST runs/{run}/cancel": Entry(role: .operator),
        "POST runs/{run}/approve": Entry(role: .admin, isAboutHeld: true),
        "POST runs/{run}/reject": Entry(role: .admin, isAboutHeld: true),
        "POST runs/{run}/undo": Entry(role: .admin, isAboutHeld: true),
        "POST configurations/republish": Entry(role: .owner, isForAll: true),
        "GET api-keys": Entry(role: .owner),
        "POST api-keys": Entry(role: .owner, body: ["name": "x", "role": "viewer"]),
        "DELETE api-keys/{key}": Entry(role: .owner),
        "GET audit": Entry(role: .viewer),
    ]

    @Test("every route of the admin API is in the table, and no other")
    func isWhole() async throws {
        try await withRegistry { registry in
            let router = API(components: registry.components, logger: TestRegistry.quiet).router()
            let routes = router.routes.compactMap { route -> String? in
                let path = route.path.description.drop { $0 == "/" }
                guard path.hasPrefix("api/v1/") else { return nil }
                return "\(route.method.rawValue) \(path.dropFirst("api/v1/".count))"
            }
            #expect(Set(routes) == Set(Self.table.keys))
        }
    }

    @Test("a role is refused what is not in its reach, and nothing happens", arguments: Role.allCases)
    func refused(role: Role) async throws {
        try await withThings { registry, things in
            let key = try await registry.makeKey(role.rawValue)
            let before = try await registry.contents()
            for (route, entry) in Self.table where entry.role > role {
                let answer = try await things.ask(route, entry, key: key)
                #expect(answer.status == 403, "\(route): \(answer.text)")
                #expect(answer.problem == "role-too-low", "\(route)")
            }
            #expect(try await registry.contents() == before)
        }
    }

    @Test("a role may do what is in its reach", arguments: Role.allCases)
    func allowed(role: Role) async throws {
        try await withThings { registry, things in
            let key = try await registry.makeKey(role.rawValue)
            // What is deleted is missed by the rest.
            let routes = Self.table.filter { $0.value.role <= role }.sorted { one, other in
                (one.key.hasPrefix("DELETE") ? 1 : 0, one.key) < (other.key.hasPrefix("DELETE") ? 1 : 0, other.key)
            }
            for (route, entry) in routes {
                let answer = try await things.ask(route, entry, key: key)
                #expect((200..<300).contains(answer.status), "\(route): \(answer.text)")
            }
        }
    }

    @Test("without a key nobody may do anything; an owner of one tenant may not do what concerns all")
    func keyless() async throws {
        try await withThings { registry, things in
            let bound = try await registry.makeKey("owner", for: things.tenant)
            let before = try await registry.contents()
            for (route, entry) in Self.table {
                #expect(try await things.ask(route, entry, key: nil).status == 401, "\(route)")
                guard entry.isForAll else { continue }
                #expect(try await things.ask(route, entry, key: bound).problem == "bound-to-tenant", "\(route)")
            }
            #expect(try await registry.contents() == before)
        }
    }

    /// One of everything that a path can name.
    private struct Things: Sendable {
        let registry: TestRegistry
        let tenant: String
        let values: [String: String]

        func ask(_ route: String, _ entry: Entry, key: String?) async throws -> Answer {
            let parts = route.split(separator: " ")
            let run = entry.isAboutHeld ? "{held}" : "{run}"
            let path = values.reduce(String(parts[1]).replacing("{run}", with: run)) {
                $0.replacing("{\($1.key)}", with: $1.value)
            }
            let method = try #require(["GET": Method.get, "POST": .post, "PATCH": .patch, "DELETE": .delete][parts[0]])
            let body = try entry.body.map { body in
                try values.reduce(body.text) { $0.replacing("{\($1.key)}", with: $1.value) }
            }
            return try await registry.send(method, path, text: body, key: key, headers: ["If-Match": "*"])
        }
    }

    /// Grants about which each decision can be made.
    private func makeGrants(of id: IdentityProviderID, _ registry: TestRegistry) async throws -> [String: String] {
        let grants = [
            ("toConfirm", "waitingForConfirmation"), ("toDecline", "waitingForConfirmation"), ("toEnd", "codeReceived"),
        ]
        var ids: [String: String] = [:]
        for (name, standing) in grants {
            let grant = GrantID.make()
            try await registry.database.run(
                """
                insert into registry.grants
                    (id, suite, origin, code_digest, idp, standing, received_at, changed_at, done_at)
                values (\(grant), 'dk1', 'create_auth', \(Array(name.utf8)), \(id), \(standing), now(), now(), now())
                """
            )
            ids[name] = grant.description
        }
        return ids
    }

    private func withThings(_ test: @escaping @Sendable (TestRegistry, Things) async throws -> Void) async throws {
        try await withProvider { registry, _ in
            try await registry.push(Provider.suiteTicket("t"))
            let tenant = try await registry.makeTenant()
            let field: JSON = ["key": "costCenter", "label": "x"]
            #expect(try await registry.send(.post, "tenants/\(tenant)/extended-fields", field).status == 201)
            let id = try await registry.makeConnectedProvider(in: tenant)
            _ = try await registry.requestAuthorization(id)
            let held = try await registry.startRun(id)
            try await registry.finish(held, .held, removed: 1)
            let run = try await registry.startRun(id)
            try await registry.database.run(
                "update registry.identity_providers set failures = 5, quarantined_at = now() where id = \(id)"
            )
            let key = try await registry.send(.post, "api-keys", ["name": "x", "role": "viewer"])
            let webhook = try await registry.send(
                .post,
                "tenants/\(tenant)/webhooks",
                ["url": "https://hooks.example.com/x"]
            )
            try await registry.raise(.authorizationLost, of: id)
            try await registry.database.run("update registry.deliveries set set_aside_at = now()")
            let delivery = try await registry.send(.get, "tenants/\(tenant)/deliveries")["items"][0]
            let values = [
                "tenant": tenant, "idp": id.description, "field": "costCenter",
                "run": try #require(run["id"].string), "held": try #require(held["id"].string),
                "key": try #require(key["id"].string),
                "webhook": try #require(webhook["id"].string), "delivery": try #require(delivery["id"].string),
            ].merging(try await makeGrants(of: id, registry)) { $1 }
            try await test(registry, Things(registry: registry, tenant: tenant, values: values))
        }
    }
}
