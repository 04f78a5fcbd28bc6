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
            as: Webhook.self
        )
        return try await secret(visit, hook)
    }

    private func rotate(_ visit: Visit) async throws -> Response {
        let path = try path(visit)
        let hook = try await visit.registry.get(path, as: Webhook.self)
        let changed = try await visit.registry.send(
            .POST,
            "\(path)/rotate-secret",
            .object([:]),
            terms: ServiceAPI.Terms(version: hook.version),
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
        let hook = try await visit.registry.get(path, as: Webhook.self)
        let terms = ServiceAPI.Terms(version: hook.version)
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

/// A secret that is shown this once.
struct ShownSecret: Sendable {
    let of: String
    let secret: String
    let note: String
    let back: String
}

/// A tenant's webhooks and deliveries.
struct NotificationList: Sendable {
    struct Hook: Sendable {
        let path: String
        let url: String
        let about: String
        let hookKinds: String
        let isOn: Bool
        let standing: Badge
    }

    struct Sent: Sendable {
        let kind: String
        let way: String
        let standing: Badge
        let raisedAt: Moment
        let attempts: Int
        let fault: String?
        let retry: String?
    }

    let base: String
    let hooks: [Hook]
    let sent: [Sent]
    let kinds: [KindChoice]
    let typedURL: String?
    let mayChange: Bool
    let next: String?

    init(_ tenant: Tenant, _ hooks: [Webhook], _ deliveries: Listed<Delivery>, _ visit: Visit) {
        let texts = visit.texts
        let base = "/tenants/\(tenant.id)"
        let mayChange = visit.may(.admin)
        self.base = base
        self.mayChange = mayChange
        self.hooks = hooks.map { hook in
            let names = hook.kinds.map { texts["notice.\($0)"] }
            return Hook(
                path: "\(base)/webhooks/\(hook.id)",
                url: hook.url,
                about: hook.description,
                hookKinds: names.isEmpty ? texts["notice.all"] : names.joined(separator: ", "),
                isOn: hook.enabled,
                standing: Self.standing(hook, texts)
            )
        }
        sent = deliveries.items.map { delivery in
            let tones: [String: Badge.Tone] = ["delivered": .good, "waiting": .busy, "failed": .bad]
            let isFailed = delivery.state == "failed"
            return Sent(
                kind: texts["notice.\(delivery.kind)"],
                way: texts["notice.via_\(delivery.via)"],
                standing: Badge(texts["notice.state_\(delivery.state)"], tones[delivery.state] ?? .quiet),
                raisedAt: Moment(delivery.raisedAt, visit),
                attempts: delivery.attempts,
                fault: delivery.error,
                retry: isFailed && mayChange ? "\(base)/deliveries/\(delivery.id)/retry" : nil
            )
        }
        kinds = KindChoice.all(chosen: visit.form.all("kind"), texts)
        typedURL = visit.form["url"]
        next = visit.next(deliveries.nextCursor)
    }

    private static func standing(_ hook: Webhook, _ texts: Texts) -> Badge {
        if !hook.enabled { return Badge(texts["notice.off"], .quiet) }
        if hook.restingUntil != nil { return Badge(texts["notice.resting"], .caution) }
        return hook.failuresInARow > 0 ? Badge(texts["notice.failing"], .caution) : Badge(texts["notice.on"], .good)
    }
}
