import BackgroundWork
import Failures
import FoundationEssentials
import Logging
import Messages
import Postgres
import Runtime
import WeCom

/// Brings notifications to where they are wanted: at least once, with the same id each time, tried for a day.
struct DeliveryQueue: Sendable {
    let database: Database
    let webhooks: WebhookSender
    let messages: AppMessages
    let logger: Logger

    static let table = QueueTable(
        "registry.deliveries",
        key: "id",
        keyType: "uuid",
        columns: "id, notification, webhook, created_at < clock_timestamp() - interval '1 day'",
        completion: .mark
    )

    /// The deliveries as a queue, some at once, since each may wait for a receiver.
    var queue: WorkQueue<Delivery> {
        WorkQueue(
            "notifications",
            table: Self.table,
            database: database,
            policy: .init(
                concurrency: 8,
                interval: .milliseconds(500),
                backoff: Backoff(first: .seconds(5), limit: .seconds(3_600)),
                judge: { Self.judge($1, about: $0.item) },
                describe: Self.sentence
            ),
            logger: logger,
            decode: Delivery.init,
            work: { try await deliver($0.item) }
        )
    }

    private func deliver(_ delivery: Delivery) async throws {
        let rows = try await database.run(
            "select \(Notification.columns) from registry.notifications as told where id = \(delivery.notification)"
        )
        guard let notification = try rows.first.map(Notification.init) else { return }
        guard let webhook = delivery.webhook else { return try await messages.send(notification) }
        try await deliver(notification, to: webhook, as: delivery)
    }

    /// One that failed a moment ago is left alone for a while, so that a dead receiver keeps nobody else waiting.
    private func deliver(_ notification: Notification, to id: UUID, as delivery: Delivery) async throws {
        let rows = try await database.run(
            """
            select coalesce(resting_until > clock_timestamp(), false), \(time: "clock_timestamp()"), \(Webhook.columns)
            from registry.webhooks where id = \(id) and is_enabled
            """
        )
        guard let row = rows.first else { throw DeliveryFailure.switchedOff }
        let (rests, now) = try row.decode(Bool.self, Timestamp.self)
        let webhook = try Webhook(row.dropFirst(2))
        if rests, notification.kind != .ping { throw DeliveryFailure.resting }
        do {
            let status = try await webhooks.send(notification, to: webhook, at: now)
            try await note(status, of: delivery, at: webhook, failed: false)
        } catch let failure as DeliveryFailure {
            try await note(failure.status, of: delivery, at: webhook, failed: true)
            throw failure
        }
    }

    /// Once a receiver answers again, what waits for it is sent at once.
    private func note(_ status: Int?, of delivery: Delivery, at webhook: Webhook, failed: Bool) async throws {
        try await database.run("update registry.deliveries set status = \(status) where id = \(delivery.id)")
        guard failed || webhook.failures > 0 else { return }
        try await database.run(
            """
            update registry.webhooks
            set failures = case when \(failed) then failures + 1 else 0 end,
                resting_until = case when \(failed)
                    then clock_timestamp() + least(interval '10 minutes', interval '5 seconds' * (1 << least(failures, 7)))
                    end
            where id = \(webhook.id)
            """
        )
        if !failed { try await database.run(Self.wake(webhook.id)) }
    }

    /// Has what waits for a webhook be tried at once.
    static func wake(_ webhook: UUID) -> SQL {
        """
        update registry.deliveries set not_before = clock_timestamp()
        where webhook = \(webhook) and done_at is null and set_aside_at is null and claimed_until is null
        """
    }

    private static func judge(_ error: any Error, about delivery: Delivery) -> FailureClass {
        switch error {
        case let error as PostgresError: return error.failureClass
        case DeliveryFailure.status(410), DeliveryFailure.malformedURL, DeliveryFailure.switchedOff: return .permanent
        case let error as WeComError where !mayPass(error): return .permanent
        default: return delivery.isOld ? .permanent : .transient
        }
    }

    private static func mayPass(_ error: WeComError) -> Bool {
        switch error.reaction {
        case .retry, .pause, .lowerConcurrency, .renewToken, .awaitTicket: true
        default: false
        }
    }

    /// What happened, without secrets and without what a receiver said.
    @Sendable private static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as WeComError: Problem.sentence(error.explanation.sentence)
        case let error as DeliveryFailure: error.description
        case is PostgresError: "The database does not answer."
        default: "It could not be sent: \(type(of: error))."
        }
    }
}

/// A notification on its way to one receiver.
struct Delivery: Sendable {
    var id: UUID
    var notification: UUID
    /// Nil for a WeCom message.
    var webhook: UUID?
    /// Whether it was tried for long enough.
    var isOld: Bool

    /// Reads one row of the ``DeliveryQueue/table``.
    init(_ row: Row) throws {
        (id, notification, webhook, isOld) = try row.decode(UUID.self, UUID.self, UUID?.self, Bool.self)
    }
}
