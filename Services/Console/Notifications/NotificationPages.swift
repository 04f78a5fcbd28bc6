import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// A tenant's webhooks, and what was sent to whom.
struct NotificationPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/tenants/{tenant}/notifications", desk) { visit in try await list(visit) }
        router.action("/tenants/{tenant}/notifications", desk) { visit in
            try await visit.attempt({ try await make(visit) }, otherwise: { try await list($0) })
        }
        for (verb, done) in [("ping", "sent"), ("enable", "saved"), ("disable", "saved"), ("delete", "deleted")] {
            router.action(RouterPath("/tenants/{tenant}/webhooks/{webhook}/\(verb)"), desk) { visit in
                try await visit.attempt({ try await act(visit, verb, done) }, otherwise: { try await list($0) })
            }
        }
        router.action("/tenants/{tenant}/webhooks/{webhook}/rotate", desk) { visit in
            try await visit.attempt({ try await rotate(visit) }, otherwise: { try await list($0) })
        }
        router.action("/tenants/{tenant}/deliveries/{delivery}/retry", desk) { visit in
            try await visit.attempt({ try await retry(visit) }, otherwise: { try await list($0) })
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let tenant = try await visit.tenant
        let base = "/api/v1/tenants/\(tenant.id)"
        let registry = try visit.registry
        async let hooks = registry.get("\(base)/webhooks", [("limit", "50")], as: Listed<Webhook>.self)
        async let deliveries = registry.get(
            "\(base)/deliveries",
            [("limit", "30"), ("cursor", visit.query["cursor"])],
            as: Listed<Delivery>.self
        )
        return try visit.page(
            "notifications",
            title: visit.texts["nav.notifications"],
            at: Visit.Place(tenant: tenant, entry: .notifications),
            NotificationList(tenant, try await hooks.items, try await deliveries, visit)
        )
    }

    private func make(_ visit: Visit) async throws -> Response {
        let id = try visit.id("tenant")
        let hook = try await visit.registry.send(
            .POST,
            "/api/v1/tenants/\(id)/webhooks",
            .object([
                "url": .string(visit.form["url"] ?? ""), "description": .string(visit.form["description"] ?? ""),
                "kinds": .array(visit.form.all("kind").map(JSON.string)),
            ]),
            terms: visit.onceTerms,
            as: Webhook.self
        )
        return try await secret(visit, hook)
    }

    private func rotate(_ visit: Visit) async throws -> Response {
        let path = try path(visit)
        let changed = try await visit.registry.send(
            .POST,
            "\(path)/rotate-secret",
            .object([:]),
            terms: visit.changeTerms,
            as: Webhook.self
        )
        return try await secret(visit, changed)
    }

    /// A secret is shown this once, on the page that made it.
    private func secret(_ visit: Visit, _ hook: Webhook) async throws -> Response {
        let tenant = try await visit.tenant
        return try visit.page(
            "secret",
            title: visit.texts["secret.title"],
            at: Visit.Place(tenant: tenant, entry: .notifications),
            ShownSecret(
                of: hook.url,
                secret: hook.secret ?? "",
                note: visit.texts["secret.webhook"],
                back: "/tenants/\(tenant.id)/notifications"
            )
        )
    }

    private func act(_ visit: Visit, _ verb: String, _ done: String) async throws -> Response {
        let path = try path(visit)
        let terms = visit.changeTerms
        switch verb {
        case "ping": try await visit.registry.send(.POST, "\(path)/ping", .object([:]))
        case "delete": try await visit.registry.send(.DELETE, path, terms: terms)
        default:
            let change = JSON.object(["enabled": .boolean(verb == "enable")])
            try await visit.registry.send(.PATCH, path, change, terms: terms)
        }
        return visit.redirect(to: "/tenants/\(try visit.id("tenant"))/notifications", done: done)
    }

    private func retry(_ visit: Visit) async throws -> Response {
        let (tenant, delivery) = (try visit.id("tenant"), try visit.id("delivery"))
        try await visit.registry.send(
            .POST,
            "/api/v1/tenants/\(tenant)/deliveries/\(delivery)/retry",
            .object([:])
        )
        return visit.redirect(to: "/tenants/\(tenant)/notifications", done: "retried")
    }

    private func path(_ visit: Visit) throws -> String {
        "/api/v1/tenants/\(try visit.id("tenant"))/webhooks/\(try visit.id("webhook"))"
    }
}
