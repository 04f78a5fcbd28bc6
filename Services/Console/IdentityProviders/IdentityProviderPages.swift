import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// Making an identity provider, its page, and closing, opening and deleting it.
struct IdentityProviderPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/tenants/{tenant}/idps/new", desk) { visit in
            let tenant = try await visit.tenant
            return try visit.page(
                "source",
                title: visit.texts["create.title"],
                at: Visit.Place(tenant: tenant, entry: .identity),
                SourceChoice(
                    tenantPath: "/tenants/\(tenant.id)",
                    mayMake: visit.may(.admin) && tenant.status == .active
                )
            )
        }
        router.page("/tenants/{tenant}/idps/new/wecom", desk) { visit in try await create(visit) }
        router.action("/tenants/{tenant}/idps/new/wecom", desk) { visit in
            try await visit.attempt({ try await make(visit) }, otherwise: { try await create($0) })
        }
        router.page("/idps/{idp}", desk) { visit in try await overview(visit) }
        addEnding(to: router)
    }

    private func addEnding(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/close", desk) { visit in try await ending(visit, "close") }
        router.action("/idps/{idp}/close", desk) { visit in
            try await visit.attempt(
                { try await setStatus(visit, "closed") },
                otherwise: { try await ending($0, "close") }
            )
        }
        router.action("/idps/{idp}/open", desk) { visit in
            try await visit.attempt({ try await setStatus(visit, "enabled") }, otherwise: { try await overview($0) })
        }
        router.page("/idps/{idp}/delete", desk) { visit in try await ending(visit, "delete") }
        router.action("/idps/{idp}/delete", desk) { visit in
            try await visit.attempt({ try await delete(visit) }, otherwise: { try await ending($0, "delete") })
        }
        router.action("/idps/{idp}/quarantine/release", desk) { visit in
            try await visit.attempt({ try await release(visit) }, otherwise: { try await overview($0) })
        }
    }

    private func create(_ visit: Visit) async throws -> Response {
        let tenant = try await visit.tenant
        return try visit.page(
            "create",
            title: visit.texts["create.title"],
            at: Visit.Place(tenant: tenant, entry: .identity),
            SettingsForm(back: "/tenants/\(tenant.id)", visit)
        )
    }

    private func make(_ visit: Visit) async throws -> Response {
        let id = try visit.id("tenant")
        let provider = try await visit.registry.send(
            .POST,
            "/api/v1/tenants/\(id)/idps",
            .object(SettingsForm.body(of: visit.form, isNew: true)),
            terms: visit.onceTerms,
            as: IdentityProvider.self
        )
        return visit.redirect(to: "/idps/\(provider.id)/connect", done: "providerMade")
    }

    private func overview(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.overview)
        guard let provider = place.provider else { throw PageError.notFound }
        let standing = try await Standing.of([provider], runs: 30, visit)[provider.id]
        return try visit.page(
            "overview",
            title: provider.name,
            at: place,
            Overview(provider, standing ?? Standing(runs: [], summary: nil), visit)
        )
    }

    /// What closing or deleting would do, before it is done.
    private func ending(_ visit: Visit, _ verb: String) async throws -> Response {
        let place = try await visit.place(.overview)
        guard let provider = place.provider else { throw PageError.notFound }
        let impact = try await visit.registry.get(
            "/api/v1/idps/\(provider.id)/closing-impact",
            as: ClosingImpact.self
        )
        return try visit.page(
            verb,
            title: visit.texts["ending.\(verb)"],
            at: place,
            Ending(provider, impact, visit)
        )
    }

    private func setStatus(_ visit: Visit, _ status: String) async throws -> Response {
        let id = try visit.id("idp")
        let isClosing = status == "closed"
        var body: [String: JSON] = ["status": .string(status)]
        if isClosing { body["confirmClosing"] = .boolean(true) }
        try await visit.registry.send(
            .PATCH,
            "/api/v1/idps/\(id)",
            .object(body),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/idps/\(id)", done: isClosing ? "closed" : "opened")
    }

    private func delete(_ visit: Visit) async throws -> Response {
        let provider = try await visit.provider
        try await visit.registry.send(
            .DELETE,
            PercentEncoding.url("/api/v1/idps/\(provider.id)", [("confirm", visit.form["confirm"] ?? "")]),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/tenants/\(provider.tenantID)", done: "providerDeleted")
    }

    private func release(_ visit: Visit) async throws -> Response {
        let id = try visit.id("idp")
        try await visit.registry.send(.POST, "/api/v1/idps/\(id)/quarantine/release")
        return visit.redirect(to: "/idps/\(id)", done: "released")
    }
}

extension Visit {
    /// The path's identity provider, as far as the registry shows it to whoever is signed in.
    var provider: IdentityProvider {
        get async throws { try await registry.get("/api/v1/idps/\(try id("idp"))") }
    }

    /// The path's identity provider and its tenant, with a place in the navigation.
    func place(_ entry: Place.Entry) async throws -> Place {
        let provider = try await provider
        let tenant = try await registry.get("/api/v1/tenants/\(provider.tenantID)", as: Tenant.self)
        return Place(tenant: tenant, provider: provider, entry: entry)
    }
}
