import HTTPTypes
import Hummingbird
import Messages
import Postgres
import Runtime
import Testing

@testable import Registry

/// What each role may do: one line a route, and a test that no route lacks its line.
enum RoleTable {
    /// The least role for a route, and a body that it takes.
    struct Entry: Sendable {
        var role: Role
        var body: JSON?
        /// What is confirmed.
        var query = ""
        /// Whether a key that is bound to a tenant may not do it.
        var isForAll = false
        /// Whether the run of the path is one that holds something, and has removed somebody.
        var isAboutHeld = false
        /// Whether the run of the path is one that has left a plan.
        var isAboutPlan = false
        /// What is answered to whoever may do it, where that finds nothing to do here.
        var refusal: Int?
        /// What takes something away comes after all that needs it.
        var order = 0
    }

    static let table: [String: Entry] = [
        "GET tenants": Entry(role: .viewer),
        "POST tenants": Entry(role: .owner, body: ["name": "x"], isForAll: true),
        "GET tenants/{tenant}": Entry(role: .viewer),
        "PATCH tenants/{tenant}": Entry(role: .owner, body: ["name": "another name"]),
        "POST tenants/{tenant}/suspend": Entry(role: .owner, isForAll: true, order: 1),
        "POST tenants/{tenant}/resume": Entry(role: .owner, isForAll: true, order: 2),
        "DELETE tenants/{tenant}": Entry(role: .owner, query: "?confirm=another%20name", isForAll: true, order: 5),
        "GET tenants/{tenant}/extended-fields": Entry(role: .viewer),
        "POST tenants/{tenant}/extended-fields": Entry(role: .admin, body: ["key": "room", "titles": ["en": "x"]]),
        "GET tenants/{tenant}/extended-fields/{field}": Entry(role: .viewer),
        "PATCH tenants/{tenant}/extended-fields/{field}": Entry(role: .admin, body: ["titles": ["en": "y"]]),
        "DELETE tenants/{tenant}/extended-fields/{field}": Entry(role: .admin, order: 3),
        "GET tenants/{tenant}/idps": Entry(role: .viewer),
        "POST tenants/{tenant}/idps": Entry(role: .admin, body: ["name": "test_124", "description": "x"]),
        "GET idps/{idp}": Entry(role: .viewer),
        "PATCH idps/{idp}": Entry(role: .admin, body: ["cycleHours": 5]),
        "DELETE idps/{idp}": Entry(role: .admin, query: "?confirm=test_123", order: 4),
        "GET idps/{idp}/closing-impact": Entry(role: .viewer),
        "GET idps/{idp}/revisions": Entry(role: .viewer),
        "GET idps/{idp}/revisions/{revision}": Entry(role: .viewer),
        "GET idps/{idp}/revisions/{revision}/difference/{other}": Entry(role: .viewer),
        "POST idps/{idp}/revisions/{revision}/restore": Entry(role: .admin),
        "GET idps/{idp}/authorization": Entry(role: .viewer),
        "POST idps/{idp}/authorization": Entry(role: .admin),
        "GET idps/{idp}/authorization/qr.svg": Entry(role: .admin),
        "GET idps/{idp}/authorization/qr.png": Entry(role: .admin),
        "POST idps/{idp}/authorization/confirm": Entry(role: .admin, body: ["grantID": "{toConfirm}"]),
        "POST idps/{idp}/authorization/decline": Entry(role: .admin, body: ["grantID": "{toDecline}"]),
        "POST idps/{idp}/authorization/end": Entry(role: .admin, body: ["grantID": "{toEnd}"]),
        "POST idps/{idp}/preflight": Entry(role: .operator),
        "GET idps/{idp}/departments": Entry(role: .operator),
        "POST idps/{idp}/mapping/preview": Entry(role: .operator),
        "GET idps/{idp}/mapping/functions": Entry(role: .viewer),
        "GET idps/{idp}/runs": Entry(role: .viewer),
        "POST idps/{idp}/quarantine/release": Entry(role: .operator),
        "POST idps/{idp}/runs": Entry(role: .operator),
        "GET runs/{run}": Entry(role: .viewer),
        "GET runs/{run}/events": Entry(role: .viewer, isAboutHeld: true),
        "GET tenants/{tenant}/webhooks": Entry(role: .viewer),
        "POST tenants/{tenant}/webhooks": Entry(role: .admin, body: ["url": "https://hooks.example.com/a"]),
        "GET tenants/{tenant}/webhooks/{webhook}": Entry(role: .viewer),
        "PATCH tenants/{tenant}/webhooks/{webhook}": Entry(role: .admin, body: ["description": "x"]),
        "DELETE tenants/{tenant}/webhooks/{webhook}": Entry(role: .admin, order: 3),
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
        "POST runs/{run}/apply": Entry(role: .operator, isAboutPlan: true),
        "POST configurations/republish": Entry(role: .owner, isForAll: true),
        "POST configurations/recover": Entry(role: .owner, isForAll: true),
        "POST operations": Entry(
            role: .owner,
            body: ["action": "dead.redriven", "reason": "the reader was upgraded"],
            isForAll: true
        ),
        "GET operations/conditions": Entry(role: .operator, isForAll: true),
        "GET operations/dead-letters": Entry(role: .operator, isForAll: true),
        "GET operations/dead-letters/histogram": Entry(role: .operator, isForAll: true),
        "GET operations/dead-letters/records": Entry(role: .operator, query: "?id=nothing", isForAll: true),
        "POST operations/dead-letters/redrive": Entry(
            role: .owner,
            body: ["why": "the reader was upgraded", "reason": "no-such-reason"],
            isForAll: true
        ),
        "POST operations/dead-letters/discard": Entry(
            role: .owner,
            body: ["why": "of no use", "reason": "no-such-reason"],
            isForAll: true
        ),
        "GET operations/lag": Entry(role: .operator, isForAll: true),
        "GET operations/doctor": Entry(role: .operator, isForAll: true),
        "GET operations/replays": Entry(role: .operator, isForAll: true),
        "POST operations/replays": Entry(
            role: .owner,
            body: ["idpID": "0198c0de-0000-8000-8000-000000000002", "why": "the mapper was mended"],
            isForAll: true,
            refusal: 404
        ),
        "GET sealing": Entry(role: .owner, isForAll: true),
        "POST sealing/rotation": Entry(role: .owner, body: ["keyID": "k1"], isForAll: true),
        "GET clients": Entry(role: .viewer),
        "POST clients": Entry(role: .admin, body: ["name": "x", "authentication": "none"]),
        "GET clients/{client}": Entry(role: .viewer),
        "PATCH clients/{client}": Entry(role: .admin, body: ["name": "y"]),
        "POST clients/{client}/rotate-secret": Entry(role: .admin),
        "DELETE clients/{client}": Entry(role: .admin, order: 3),
        "GET api-keys": Entry(role: .owner),
        "POST api-keys": Entry(role: .owner, body: ["name": "x", "role": "viewer"]),
        "GET api-keys/current": Entry(role: .viewer),
        "GET api-keys/{key}": Entry(role: .owner),
        "POST api-keys/{key}/replace": Entry(role: .owner),
        "DELETE api-keys/{key}": Entry(role: .owner, order: 3),
        "GET administrators": Entry(role: .owner),
        "POST administrators": Entry(
            role: .owner,
            body: [
                "userID": "0198c0de-0000-8000-8000-000000000001", "tenantID": "{tenant}", "name": "x",
                "role": "viewer",
            ]
        ),
        "GET administrators/{administrator}": Entry(role: .owner),
        "PATCH administrators/{administrator}": Entry(role: .owner, body: ["role": "admin"]),
        "DELETE administrators/{administrator}": Entry(role: .owner, order: 3),
        "GET audit": Entry(role: .viewer),
        "GET audit/export": Entry(role: .viewer),
    ]

    /// All lines, those last that take away what others need.
    static var inOrder: [(route: String, entry: Entry)] {
        table.sorted { one, other in (one.value.order, one.key) < (other.value.order, other.key) }
            .map { (route: $0.key, entry: $0.value) }
    }

    /// The routes of the admin API as the program has them.
    static func routes(of components: Components) -> Set<String> {
        let router = API(components: components, logger: TestRegistry.quiet).router()
        return Set(
            router.routes.compactMap { route -> String? in
                let path = route.path.description.drop { $0 == "/" }
                guard path.hasPrefix("api/v1/") else { return nil }
                return "\(route.method.rawValue) \(path.dropFirst("api/v1/".count))"
            }
        )
    }
}

/// One of everything that a path can name.
struct RouteThings: Sendable {
    let registry: TestRegistry
    let tenant: String
    /// By the path's parameter.
    let values: [String: String]

    /// What nobody else may see.
    var ids: [String] { values.values.filter { IdentityProviderID($0) != nil } }

    /// Nothing that there is.
    var missing: RouteThings {
        let nothing = IdentityProviderID.make().description
        let values = values.mapValues { ids.contains($0) ? nothing : "nothing" }
        return RouteThings(registry: registry, tenant: nothing, values: values)
    }

    /// Sends a request of a line of the table.
    func ask(_ route: String, _ entry: RoleTable.Entry, key: String?) async throws -> Answer {
        let parts = route.split(separator: " ")
        let run = entry.isAboutHeld ? "{held}" : entry.isAboutPlan ? "{planned}" : "{run}"
        let path = values.reduce(String(parts[1]).replacing("{run}", with: run) + entry.query) {
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

/// Runs a test against a registry with one of everything.
func withRouteThings(
    _ test: @escaping @Sendable (TestRegistry, RouteThings) async throws -> Void
) async throws {
    try await withProvider { registry, wecom in
        wecom.answer("department/list", ["errcode": 0, "department": [["id": 1, "parentid": 0]]])
        wecom.answer("department/simplelist", ["errcode": 0, "department_id": [["id": 1, "parentid": 0]]])
        wecom.answer("user/simplelist", ["errcode": 0, "userlist": []])
        wecom.answer("user/list", ["errcode": 0, "userlist": []])
        try await registry.push(Provider.suiteTicket("t"))
        let tenant = try await registry.makeTenant("the tenant's name")
        let field: JSON = ["key": "costCenter", "titles": ["en": "x"]]
        #expect(try await registry.send(.post, "tenants/\(tenant)/extended-fields", field).status == 201)
        let id = try await registry.makeConnectedProvider(in: tenant)
        _ = try await registry.requestAuthorization(id)
        let held = try await registry.startRun(id)
        try await registry.finish(held, .held, removed: 1)
        let planned = try await registry.send(.post, "idps/\(id)/runs", ["dryRun": true]).json
        try await registry.finish(planned)
        let run = try await registry.startRun(id)
        try await registry.database.run(
            "update registry.identity_providers set failures = 5, quarantined_at = now() where id = \(id)"
        )
        let hook: JSON = ["url": "https://hooks.example.com/x"]
        let webhook = try await registry.send(.post, "tenants/\(tenant)/webhooks", hook)
        try await registry.raise(.authorizationLost, of: id)
        try await registry.database.run("update registry.deliveries set set_aside_at = now()")
        let delivery = try await registry.send(.get, "tenants/\(tenant)/deliveries")["items"][0]
        let body: JSON = ["name": "x", "role": "viewer", "tenantID": .string(tenant)]
        let key = try await registry.send(.post, "api-keys", body)
        let app: JSON = ["name": "x", "authentication": "client_secret", "tenantID": .string(tenant)]
        let client = try await registry.send(.post, "clients", app)
        let employee: JSON = [
            "userID": .string(IdentityProviderID.make().description), "name": "x", "role": "viewer",
            "tenantID": .string(tenant),
        ]
        let administrator = try await registry.send(.post, "administrators", employee)
        let values = [
            "administrator": try #require(administrator["id"].string),
            "client": try #require(client["id"].string), "tenant": tenant, "idp": id.description, "field": "costCenter",
            "run": try #require(run["id"].string), "held": try #require(held["id"].string),
            "planned": try #require(planned["id"].string),
            "key": try #require(key["id"].string), "revision": "1", "other": "2",
            "webhook": try #require(webhook["id"].string), "delivery": try #require(delivery["id"].string),
        ].merging(try await makeGrants(of: id, registry)) { $1 }
        try await test(registry, RouteThings(registry: registry, tenant: tenant, values: values))
    }
}
