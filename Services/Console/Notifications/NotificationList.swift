import Web

/// A tenant's webhooks and deliveries.
struct NotificationList: Sendable {
    struct Hook: Sendable {
        let path: String
        let version: String
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
        let fault: Sentence?
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
                version: "\(hook.revision)",
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
                fault: delivery.error.map(texts.sentence),
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
