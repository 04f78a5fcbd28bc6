import Foundation
import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// The API keys: making, replacing and revoking them. For owners.
struct KeyPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/api-keys", desk) { visit in try await list(visit) }
        router.action("/api-keys", desk) { visit in
            try await visit.attempt({ try await make(visit) }, otherwise: { try await list($0) })
        }
        router.action("/api-keys/{key}/replace", desk) { visit in
            try await visit.attempt({ try await replace(visit) }, otherwise: { try await list($0) })
        }
        router.action("/api-keys/{key}/revoke", desk) { visit in
            try await visit.attempt({ try await revoke(visit) }, otherwise: { try await list($0) })
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let registry = try visit.registry
        async let keys = registry.get(
            "/api/v1/api-keys",
            [("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<APIKey>.self
        )
        async let tenants = registry.get("/api/v1/tenants", [("limit", "100")], as: Listed<Tenant>.self)
        return try visit.page(
            "keys",
            title: visit.texts["nav.keys"],
            at: Visit.Place(entry: .keys),
            KeyList(try await keys, try await tenants.items, visit)
        )
    }

    private func make(_ visit: Visit) async throws -> Response {
        let form = visit.form
        var body: [String: JSON] = [
            "name": .string(form["name"] ?? ""), "role": .string(form["role"] ?? ""),
        ]
        if let tenant = form["tenant"] { body["tenantID"] = .string(tenant) }
        if let days = form["days"].flatMap({ Double($0) }) {
            body["expiresAt"] = .string(Date().addingTimeInterval(days * 86_400).formatted(.iso8601))
        }
        let made = try await visit.registry.send(
            .POST,
            "/api/v1/api-keys",
            .object(body),
            terms: visit.onceTerms,
            as: MadeAPIKey.self
        )
        return try secret(visit, made)
    }

    private func replace(_ visit: Visit) async throws -> Response {
        let path = "/api/v1/api-keys/\(try visit.id("key"))"
        let seen = try await visit.registry.getVersioned(path, as: APIKey.self)
        var terms = visit.onceTerms
        terms.version = seen.entityTag
        let hours = visit.form["overlap"].flatMap { Int64($0) } ?? 24
        let made = try await visit.registry.send(
            .POST,
            "\(path)/replace",
            .object(["overlapHours": .integer(hours)]),
            terms: terms,
            as: MadeAPIKey.self
        )
        return try secret(visit, made)
    }

    private func revoke(_ visit: Visit) async throws -> Response {
        let path = "/api/v1/api-keys/\(try visit.id("key"))"
        let seen = try await visit.registry.getVersioned(path, as: APIKey.self)
        try await visit.registry.send(.DELETE, path, terms: ServiceAPI.Terms(version: seen.entityTag))
        return visit.redirect(to: "/api-keys", done: "revoked")
    }

    /// A key is shown this once, on the page that made it.
    private func secret(_ visit: Visit, _ made: MadeAPIKey) throws -> Response {
        try visit.page(
            "secret",
            title: visit.texts["secret.title"],
            at: Visit.Place(entry: .keys),
            ShownSecret(of: made.name, secret: made.key, note: visit.texts["secret.key"], back: "/api-keys")
        )
    }
}

/// The API keys.
struct KeyList: Sendable {
    struct Row: Sendable {
        let path: String
        let name: String
        let role: String
        let place: String?
        let createdAt: Moment
        let by: String
        let expiresAt: Moment?
        let lastUsedAt: Moment?
    }

    struct RoleChoice: Sendable {
        let role: String
        let label: String
    }

    struct TenantChoice: Sendable {
        let id: String
        let name: String
    }

    let rows: [Row]
    let roles: [RoleChoice]
    let tenants: [TenantChoice]
    let isEverywhere: Bool
    let typed: String?
    let next: String?

    init(_ page: Listed<APIKey>, _ tenants: [Tenant], _ visit: Visit) {
        let texts = visit.texts
        let names = Dictionary(tenants.map { ($0.id, $0.name) }) { first, _ in first }
        rows = page.items.map { key in
            Row(
                path: "/api-keys/\(key.id)",
                name: key.name,
                role: texts["role.\(key.role.rawValue)"],
                place: key.tenantID.map { names[$0] ?? $0 },
                createdAt: Moment(key.createdAt, visit),
                by: key.createdBy.name,
                expiresAt: key.expiresAt.map { Moment($0, visit) },
                lastUsedAt: key.lastUsedAt.map { Moment($0, visit) }
            )
        }
        roles = Role.allCases.map { RoleChoice(role: $0.rawValue, label: texts["keys.\($0.rawValue)"]) }
        self.tenants = tenants.map { TenantChoice(id: $0.id, name: $0.name) }
        isEverywhere = visit.context.session?.tenantID == nil
        typed = visit.form["name"]
        next = visit.next(page.nextCursor)
    }
}
