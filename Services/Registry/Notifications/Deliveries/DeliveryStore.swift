import BackgroundWork
import FoundationEssentials
import Messages
import Postgres
import Runtime

/// What was told, and how far it has come.
struct DeliveryStore: Sendable {
    let ledger: Ledger

    /// A tenant's notifications, newest first.
    func notifications(_ page: Page, of tenant: TenantID) async throws -> Listing<NotificationItem> {
        let rows = try await ledger.database.run(
            """
            select \(Notification.columns) from registry.notifications as told
            where tenant = \(tenant) and (\(try page.afterID)::uuid is null or id < \(try page.afterID)::uuid)
            order by id desc limit \(page.rows)
            """
        )
        let items = try rows.map { NotificationItem(notification: try Notification($0)) }
        return Listing(items, of: page) { $0.notification.id.uuidString }
    }

    /// A tenant's deliveries, newest first.
    ///
    /// - Parameter webhook: Only those to this one.
    func deliveries(_ page: Page, of tenant: TenantID, to webhook: UUID?) async throws -> Listing<DeliveryItem> {
        let rows = try await ledger.database.run(
            """
            select \(DeliveryItem.columns) from \(Self.joined)
            where sent.tenant = \(tenant) and (\(webhook)::uuid is null or sent.webhook = \(webhook)::uuid)
                and (\(try page.afterID)::uuid is null or sent.id < \(try page.afterID)::uuid)
            order by sent.id desc limit \(page.rows)
            """
        )
        return Listing(try rows.map(DeliveryItem.init), of: page, by: \.key)
    }

    /// Sends a ping to a webhook, whatever it is told of otherwise. Throws 409 while one is on its way.
    func ping(_ webhook: Webhook, by caller: Caller) async throws -> DeliveryItem {
        try await ledger.change { connection in
            let open = try connection.run(
                """
                select 1 from registry.deliveries as sent join registry.notifications as told
                    on told.id = sent.notification
                where sent.webhook = \(webhook.id) and told.kind = 'ping'
                    and sent.done_at is null and sent.set_aside_at is null
                """
            )
            guard open.isEmpty else { throw Problem.pingOnItsWay }
            let facts: [String: JSON] = ["sentence": .string("This is a test: notifications arrive here.")]
            let ping = Notification(.ping, .raised, of: webhook.tenant, idp: nil, facts)
            try ping.insert(on: connection)
            let id = UUIDv7.make()
            try connection.run(
                """
                insert into registry.deliveries (id, notification, tenant, webhook, created_at)
                values (\(id), \(ping.id), \(webhook.tenant), \(webhook.id), clock_timestamp())
                """
            )
            try AuditEntry("webhook.pinged", "webhook", webhook.id, of: webhook.tenant, by: caller.actor)
                .append(on: connection)
            return try Self.item(id, of: webhook.tenant, on: connection)
        }
    }

    /// Tries a delivery once more that was given up. Throws 404 for another tenant's, 409 for one that was not.
    func retry(_ id: UUID, of tenant: TenantID, by caller: Caller) async throws -> DeliveryItem {
        try await ledger.change { connection in
            _ = try Self.item(id, of: tenant, on: connection)
            let rows = try connection.run(
                """
                update registry.deliveries
                set set_aside_at = null, not_before = clock_timestamp(), created_at = clock_timestamp(), attempts = 0
                where id = \(id) and set_aside_at is not null returning id
                """
            )
            guard !rows.isEmpty else { throw Problem.notGivenUp }
            try AuditEntry("delivery.retried", "delivery", id, of: tenant, by: caller.actor).append(on: connection)
            return try Self.item(id, of: tenant, on: connection)
        }
    }

    private static let joined: SQL = """
        registry.deliveries as sent join registry.notifications as told on told.id = sent.notification
        """

    private static func item(
        _ id: UUID,
        of tenant: TenantID,
        on connection: isolated Connection
    ) throws -> DeliveryItem {
        let rows = try connection.run(
            "select \(DeliveryItem.columns) from \(joined) where sent.id = \(id) and sent.tenant = \(tenant)"
        )
        guard let row = rows.first else { throw Problem.noDelivery }
        return try DeliveryItem(row)
    }
}

extension Problem {
    /// 404, also for another tenant's.
    static let noDelivery = Problem.notFound("There is no delivery with this id.")

    /// 409: one at a time.
    static let pingOnItsWay = Problem.conflict(
        "ping-on-its-way",
        "A ping to this webhook is on its way already.",
        fix: "Look at GET …/deliveries for what became of it."
    )

    /// 409: it has arrived, or is still tried.
    static let notGivenUp = Problem.conflict(
        "delivery-not-failed",
        "The delivery has not failed for good: it has arrived, or is tried again by itself."
    )
}
