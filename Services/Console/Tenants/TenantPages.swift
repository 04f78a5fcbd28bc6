import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// The tenants, one tenant's identity providers, and its settings.
struct TenantPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/tenants", desk) { visit in try await list(visit) }
        router.action("/tenants", desk) { visit in
            try await visit.attempt({ try await make(visit) }, otherwise: { try await list($0) })
        }
        router.page("/tenants/{tenant}", desk) { visit in try await identity(visit) }
        router.page("/tenants/{tenant}/settings", desk) { visit in try await settings(visit) }
        router.action("/tenants/{tenant}/settings", desk) { visit in
            try await visit.attempt({ try await rename(visit) }, otherwise: { try await settings($0) })
        }
        for (verb, done) in [("suspend", "suspended"), ("resume", "resumed")] {
            router.action(RouterPath("/tenants/{tenant}/\(verb)"), desk) { visit in
                try await visit.attempt(
                    { try await change(visit, verb, done) },
                    otherwise: { try await settings($0) }
                )
            }
        }
        router.action("/tenants/{tenant}/delete", desk) { visit in
            try await visit.attempt({ try await delete(visit) }, otherwise: { try await settings($0) })
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let path = "/api/v1/tenants"
        let page = try await visit.registry.get(
            path,
            [("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<Tenant>.self
        )
        return try visit.page(
            "tenants",
            title: visit.texts["nav.tenants"],
            at: Visit.Place(entry: .tenants),
            TenantList(page, visit)
        )
    }

    private func make(_ visit: Visit) async throws -> Response {
        let tenant = try await visit.registry.send(
            .POST,
            "/api/v1/tenants",
            .object(["name": .string(visit.form["name"] ?? "")]),
            terms: visit.onceTerms,
            as: Tenant.self
        )
        return visit.redirect(to: "/tenants/\(tenant.id)", done: "tenantMade")
    }

    private func identity(_ visit: Visit) async throws -> Response {
        let tenant = try await visit.tenant
        let page = try await visit.registry.get(
            "/api/v1/tenants/\(tenant.id)/idps",
            [("limit", "20"), ("cursor", visit.query["cursor"])],
            as: Listed<IdentityProvider>.self
        )
        let standings = try await Standing.of(page.items, visit)
        return try visit.page(
            "identity",
            title: tenant.name,
            at: Visit.Place(tenant: tenant, entry: .identity),
            IdentityList(tenant, page, standings, visit)
        )
    }

    private func settings(_ visit: Visit) async throws -> Response {
        let seen = try await visit.registry.getVersioned("/api/v1/tenants/\(try visit.id("tenant"))", as: Tenant.self)
        let tenant = seen.value
        let everywhere = try visit.session.mayEverywhere(.owner)
        return try visit.page(
            "tenant",
            title: tenant.name,
            at: Visit.Place(tenant: tenant, entry: .settings),
            TenantSettings(
                id: tenant.id,
                name: visit.form["name"] ?? tenant.name,
                enterpriseID: tenant.enterpriseID,
                logonURL: "\(desk.settings.logonURL)/logon/\(tenant.enterpriseID)",
                status: Badge(tenant.status, visit.texts),
                since: tenant.statusChange.map { Moment($0.since, visit) },
                reason: tenant.statusChange?.reason,
                createdAt: Moment(tenant.createdAt, visit),
                version: visit.version(now: seen.version),
                storedNow: StoredNow(
                    [
                        StoredValue(
                            visit.texts["tenant.name"],
                            typed: visit.form["name"] ?? tenant.name,
                            stored: tenant.name
                        )
                    ],
                    visit
                ),
                mayRename: visit.may(.owner),
                maySuspend: everywhere && tenant.status == .active,
                mayResume: everywhere && tenant.status == .suspended,
                mayDelete: everywhere && tenant.status != .deleting
            )
        )
    }

    private func rename(_ visit: Visit) async throws -> Response {
        let id = try visit.id("tenant")
        try await visit.registry.send(
            .PATCH,
            "/api/v1/tenants/\(id)",
            .object(["name": .string(visit.form["name"] ?? "")]),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/tenants/\(id)/settings", done: "saved")
    }

    private func change(_ visit: Visit, _ verb: String, _ done: String) async throws -> Response {
        let id = try visit.id("tenant")
        let reason = visit.form["reason"].map { ["reason": JSON.string($0)] } ?? [:]
        try await visit.registry.send(
            .POST,
            "/api/v1/tenants/\(id)/\(verb)",
            .object(verb == "suspend" ? reason : [:]),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/tenants/\(id)/settings", done: done)
    }

    private func delete(_ visit: Visit) async throws -> Response {
        let id = try visit.id("tenant")
        try await visit.registry.send(
            .DELETE,
            PercentEncoding.url("/api/v1/tenants/\(id)", [("confirm", visit.form["confirm"] ?? "")]),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/tenants", done: "tenantDeleting")
    }
}

extension Visit {
    /// The path's tenant, as far as the registry shows it to whoever is signed in.
    var tenant: Tenant {
        get async throws { try await registry.get("/api/v1/tenants/\(try id("tenant"))") }
    }
}
