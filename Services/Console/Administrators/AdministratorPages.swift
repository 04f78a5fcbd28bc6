import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// Which employees administer their tenant, and sign in with their own WeCom account. For owners.
struct AdministratorPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/administrators", desk) { visit in try await list(visit) }
        router.action("/idps/{idp}/person/administrator", desk) { visit in
            try await visit.attempt({ try await add(visit) }, otherwise: { try await list($0) })
        }
        router.action("/administrators/{administrator}/role", desk) { visit in
            try await visit.attempt({ try await change(visit) }, otherwise: { try await list($0) })
        }
        router.action("/administrators/{administrator}/remove", desk) { visit in
            try await visit.attempt({ try await remove(visit) }, otherwise: { try await list($0) })
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let registry = try visit.registry
        async let administrators = registry.get(
            "/api/v1/administrators",
            [("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<Administrator>.self
        )
        async let tenants = registry.get("/api/v1/tenants", [("limit", "100")], as: Listed<Tenant>.self)
        return try visit.page(
            "administrators",
            title: visit.texts["nav.administrators"],
            at: Visit.Place(entry: .administrators),
            AdministratorList(try await administrators, try await tenants.items, visit)
        )
    }

    /// The person has to be one of the identity provider's, whose tenant it is.
    private func add(_ visit: Visit) async throws -> Response {
        guard let provider = try await visit.place(.people).provider else { throw PageError.notFound }
        let user = try await DirectoryUser.find(visit.form["id"], of: provider, desk.directory)
        let name = (user.displayName ?? user.externalID).prefix(100)
        try await visit.registry.send(
            .POST,
            "/api/v1/administrators",
            .object([
                "userID": .string(user.id), "tenantID": .string(provider.tenantID), "name": .string(String(name)),
                "role": .string(visit.form["role"] ?? ""),
            ]),
            terms: visit.onceTerms
        )
        return visit.redirect(to: "/administrators", done: "administratorAdded")
    }

    private func change(_ visit: Visit) async throws -> Response {
        let path = "/api/v1/administrators/\(try visit.id("administrator"))"
        let body: JSON = .object(["role": .string(visit.form["role"] ?? "")])
        try await visit.registry.send(.PATCH, path, body, terms: visit.changeTerms)
        return visit.redirect(to: "/administrators", done: "saved")
    }

    private func remove(_ visit: Visit) async throws -> Response {
        let path = "/api/v1/administrators/\(try visit.id("administrator"))"
        try await visit.registry.send(.DELETE, path, terms: visit.changeTerms)
        return visit.redirect(to: "/administrators", done: "administratorRemoved")
    }
}
