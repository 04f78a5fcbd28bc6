import FoundationEssentials
import Messages
import Postgres
import Runtime

/// A notification to one receiver, and how that stands, as the API shows it.
struct DeliveryItem: Encodable, Sendable {
    /// How it stands.
    enum State: String, Codable, CaseIterable, Sendable {
        case waiting, delivered, failed
    }

    private let id: UUID
    private let notification: Notification
    private let webhook: UUID?
    private let state: State
    private let attempts: Int
    private let status: Int?
    private let reason: String?
    private let nextAttemptAt: Timestamp?
    private let doneAt: Timestamp?

    /// The columns that ``init(_:)`` reads, of `deliveries as sent` and `notifications as told`.
    static let columns: SQL = """
        sent.id, sent.webhook, sent.attempts, sent.status, sent.reason, \(time: "sent.not_before"),
        \(time: "sent.done_at"), sent.set_aside_at is not null, \(Notification.columns)
        """

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        let (next, isSetAside): (Timestamp, Bool)
        (id, webhook, attempts, status, reason, next, doneAt, isSetAside) = try row.decode(
            UUID.self,
            UUID?.self,
            Int.self,
            Int?.self,
            String?.self,
            Timestamp.self,
            Timestamp?.self,
            Bool.self
        )
        notification = try Notification(row.dropFirst(8))
        state = doneAt != nil ? .delivered : isSetAside ? .failed : .waiting
        nextAttemptAt = state == .waiting ? next : nil
    }

    /// What lists are sorted by.
    var key: String { id.uuidString }

    private enum CodingKeys: CodingKey {
        case id, notificationID, kind, notificationState, idpID, webhookID, via, state, attempts, status, error
        case raisedAt, nextAttemptAt, deliveredAt
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id.uuidString.lowercased(), forKey: .id)
        try container.encode(notification.id.uuidString.lowercased(), forKey: .notificationID)
        try container.encode(notification.kind, forKey: .kind)
        try container.encode(notification.state, forKey: .notificationState)
        try container.encodeIfPresent(notification.idp, forKey: .idpID)
        try container.encodeIfPresent(webhook?.uuidString.lowercased(), forKey: .webhookID)
        try container.encode(webhook == nil ? "message" : "webhook", forKey: .via)
        try container.encode(state, forKey: .state)
        try container.encode(attempts, forKey: .attempts)
        try container.encodeIfPresent(status, forKey: .status)
        try container.encodeIfPresent(state == .delivered ? nil : reason, forKey: .error)
        try container.encode(notification.at, forKey: .raisedAt)
        try container.encodeIfPresent(nextAttemptAt, forKey: .nextAttemptAt)
        try container.encodeIfPresent(doneAt, forKey: .deliveredAt)
    }
}

/// A notification as the API shows it, whether anybody wanted to be told or not.
struct NotificationItem: Encodable, Sendable {
    let notification: Notification

    private enum CodingKeys: CodingKey { case id, idpID, kind, state, at, facts }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(notification.id.uuidString.lowercased(), forKey: .id)
        try container.encodeIfPresent(notification.idp, forKey: .idpID)
        try container.encode(notification.kind, forKey: .kind)
        try container.encode(notification.state, forKey: .state)
        try container.encode(notification.at, forKey: .at)
        try container.encode(notification.facts, forKey: .facts)
    }
}
