import FoundationEssentials
import Messages
import Postgres
import Sealing

/// Where a tenant wants its notifications sent to, signed.
struct Webhook: Sendable {
    var id: UUID
    var tenant: TenantID
    var revision: Revision
    var url: String
    var description: String
    /// What it is told of; all where it is empty.
    var kinds: [NotificationKind]
    var isEnabled: Bool
    var secret: SealedSecret
    /// The secret before this one, which signs, too, until a time.
    var former: SealedSecret?
    var formerUntil: Timestamp?
    /// How many deliveries failed in a row, and until when none is tried.
    var failures: Int
    var restingUntil: Timestamp?
    var createdAt: Timestamp
    var updatedAt: Timestamp

    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, tenant, revision, url, description, kinds, is_enabled, secret, former_secret, \(time: "former_until"),
        failures, \(time: "resting_until"), \(time: "created_at"), \(time: "updated_at")
        """

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        let (sealed, formerSealed, words): (String, String?, [String])
        (
            id, tenant, revision, url, description, words, isEnabled, sealed, formerSealed, formerUntil, failures,
            restingUntil, createdAt, updatedAt
        ) = try row.decode(
            UUID.self,
            TenantID.self,
            Revision.self,
            String.self,
            String.self,
            [String].self,
            Bool.self,
            String.self,
            String?.self,
            Timestamp?.self,
            Int.self,
            Timestamp?.self,
            Timestamp.self,
            Timestamp.self
        )
        kinds = words.compactMap(NotificationKind.init)
        secret = try SealedSecret(sealed)
        former = try formerSealed.map { try SealedSecret($0) }
    }

    /// What its secrets are sealed for.
    static func context(_ id: UUID) -> String { context(id.uuidString.lowercased()) }

    static func context(_ id: String) -> String { "webhook/\(id)" }
}

extension Webhook: Encodable {
    private enum CodingKeys: CodingKey {
        case id, tenantID, revision, url, description, kinds, enabled, formerSecretUntil, failuresInARow, restingUntil
        case createdAt, updatedAt
    }

    /// A webhook as the API shows it: never with its secret.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id.uuidString.lowercased(), forKey: .id)
        try container.encode(tenant, forKey: .tenantID)
        try container.encode(revision, forKey: .revision)
        try container.encode(url, forKey: .url)
        try container.encode(description, forKey: .description)
        try container.encode(kinds, forKey: .kinds)
        try container.encode(isEnabled, forKey: .enabled)
        try container.encodeIfPresent(formerUntil, forKey: .formerSecretUntil)
        try container.encode(failures, forKey: .failuresInARow)
        try container.encodeIfPresent(restingUntil, forKey: .restingUntil)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(updatedAt, forKey: .updatedAt)
    }
}

/// A webhook with the secret that its owner gets to see this once.
struct WebhookWithSecret: Encodable, Sendable {
    var webhook: Webhook
    var secret: Secret

    private enum CodingKeys: CodingKey { case secret }

    func encode(to encoder: any Encoder) throws {
        try webhook.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(secret.withValue { $0 }, forKey: .secret)
    }
}
