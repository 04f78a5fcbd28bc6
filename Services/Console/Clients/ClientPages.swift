import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// The programs that let people log on: making, changing and deleting them, and their secrets.
struct ClientPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/clients", desk) { visit in try await list(visit) }
        router.page("/clients/new", desk) { visit in try await blank(visit) }
        router.action("/clients/new", desk) { visit in
            try await visit.attempt({ try await make(visit) }, otherwise: { try await blank($0) })
        }
        router.page("/clients/{client}", desk) { visit in try await show(visit) }
        router.action("/clients/{client}", desk) { visit in
            try await visit.attempt({ try await change(visit) }, otherwise: { try await show($0) })
        }
        router.action("/clients/{client}/rotate", desk) { visit in
            try await visit.attempt({ try await rotate(visit) }, otherwise: { try await show($0) })
        }
        router.action("/clients/{client}/delete", desk) { visit in
            try await visit.attempt({ try await delete(visit) }, otherwise: { try await show($0) })
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let registry = try visit.registry
        async let clients = registry.get(
            "/api/v1/clients",
            [("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<Client>.self
        )
        async let tenants = tenants(visit)
        return try visit.page(
            "clients",
            title: visit.texts["nav.clients"],
            at: Visit.Place(entry: .clients),
            ClientList(try await clients, try await tenants, visit)
        )
    }

    private func blank(_ visit: Visit) async throws -> Response {
        try visit.page(
            "client",
            title: visit.texts["client.new"],
            at: Visit.Place(entry: .clients),
            ClientForm(of: try await tenants(visit), visit)
        )
    }

    private func show(_ visit: Visit) async throws -> Response {
        async let client = visit.registry.get(try path(visit), as: Client.self)
        async let tenants = tenants(visit)
        let form = ClientForm(try await client, try await tenants, visit)
        return try visit.page("client", title: form.title, at: Visit.Place(entry: .clients), form)
    }

    private func make(_ visit: Visit) async throws -> Response {
        let form = visit.form
        var body = ClientForm.body(of: form)
        body["authentication"] = .string(form["authentication"] ?? "")
        if form["authentication"] != "private_key_jwt", form["keys"] == nil { body["keys"] = nil }
        if let tenant = form["tenant"] { body["tenantID"] = .string(tenant) }
        if let clientID = form["clientID"] { body["clientID"] = .string(clientID) }
        let made = try await visit.registry.send(
            .POST,
            "/api/v1/clients",
            .object(body),
            terms: visit.onceTerms,
            as: Client.self
        )
        guard made.secret != nil else { return visit.redirect(to: "/clients/\(made.id)", done: "made") }
        return try secret(visit, made)
    }

    private func change(_ visit: Visit) async throws -> Response {
        let path = try path(visit)
        var body = ClientForm.body(of: visit.form)
        if visit.form["keys"] == nil { body["keys"] = nil }
        if let status = visit.form["status"] { body["status"] = .string(status) }
        try await visit.registry.send(.PATCH, path, .object(body), terms: visit.changeTerms)
        return visit.redirect(to: "/clients/\(try visit.id("client"))", done: "saved")
    }

    private func rotate(_ visit: Visit) async throws -> Response {
        var terms = visit.onceTerms
        terms.version = visit.changeTerms.version
        let hours = visit.form["overlap"].flatMap { Int64($0) } ?? 24
        let changed = try await visit.registry.send(
            .POST,
            "\(try path(visit))/rotate-secret",
            .object(["overlapHours": .integer(hours)]),
            terms: terms,
            as: Client.self
        )
        return try secret(visit, changed)
    }

    private func delete(_ visit: Visit) async throws -> Response {
        try await visit.registry.send(.DELETE, try path(visit), terms: visit.changeTerms)
        return visit.redirect(to: "/clients", done: "deleted")
    }

    /// A secret is shown this once, on the page that made it.
    private func secret(_ visit: Visit, _ client: Client) throws -> Response {
        try visit.page(
            "secret",
            title: visit.texts["secret.title"],
            at: Visit.Place(entry: .clients),
            ShownSecret(
                of: client.clientID,
                secret: client.secret ?? "",
                note: visit.texts["secret.client"],
                back: "/clients/\(client.id)"
            )
        )
    }

    private func tenants(_ visit: Visit) async throws -> [Tenant] {
        try await visit.registry.get("/api/v1/tenants", [("limit", "100")], as: Listed<Tenant>.self).items
    }

    private func path(_ visit: Visit) throws -> String { "/api/v1/clients/\(try visit.id("client"))" }
}
