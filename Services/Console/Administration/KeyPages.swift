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
        var terms = visit.onceTerms
        terms.version = visit.changeTerms.version
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
        try await visit.registry.send(.DELETE, path, terms: visit.changeTerms)
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
