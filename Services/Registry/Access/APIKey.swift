import Crypto
import FoundationEssentials
import Messages
import Postgres
import Sealing

/// A key to the admin API, without what its holder knows.
struct APIKey: Sendable, Equatable {
    var id: UUID
    /// Grows by one with every change.
    var version: Int64
    /// What people call it.
    var name: String
    var role: Role
    /// The only tenant that it is for; nil for all.
    var tenantID: TenantID?
    var createdAt: Timestamp
    var createdBy: AuditActor
    /// From when on it is refused; nil for never.
    var expiresAt: Timestamp?
    /// When it was used last, to the minute.
    var lastUsedAt: Timestamp?
    /// Until when the secret before the present one is good too.
    var previousSecretUntil: Timestamp?

    /// What its holder knows: `wbk_` and 32 random characters.
    static func makeSecret() -> Secret {
        Secret("wbk_" + RandomText.make(32, of: RandomText.base64URL))
    }

    /// What is stored of the secret. The secrets are random, so that a plain hash cannot be guessed.
    static func digest(_ secret: Secret) -> [UInt8] {
        secret.withValue { Array(SHA256.hash(data: Data($0.utf8))) }
    }

    /// What its secret is sealed for while a repeated request may still ask for it.
    var sealingContext: String { "api-key/\(id.uuidString.lowercased())" }
}

extension APIKey {
    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, version, name, role, tenant, \(time: "created_at"), created_by, \(time: "expires_at"),
        \(time: "last_used_at"), \(time: "previous_until")
        """

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        (
            id, version, name, role, tenantID, createdAt, createdBy, expiresAt, lastUsedAt, previousSecretUntil
        ) = try row.decode(
            UUID.self,
            Int64.self,
            String.self,
            Role.self,
            TenantID?.self,
            Timestamp.self,
            AuditActor.self,
            Timestamp?.self,
            Timestamp?.self,
            Timestamp?.self
        )
    }
}

extension APIKey: Encodable {
    private enum CodingKeys: String, CodingKey {
        case version = "revision"
        case id, name, role, tenantID, createdAt, createdBy, expiresAt, lastUsedAt, previousSecretUntil
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id.uuidString.lowercased(), forKey: .id)
        try container.encode(version, forKey: .version)
        try container.encode(name, forKey: .name)
        try container.encode(role, forKey: .role)
        try container.encodeIfPresent(tenantID, forKey: .tenantID)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(createdBy, forKey: .createdBy)
        try container.encodeIfPresent(expiresAt, forKey: .expiresAt)
        try container.encodeIfPresent(lastUsedAt, forKey: .lastUsedAt)
        try container.encodeIfPresent(previousSecretUntil, forKey: .previousSecretUntil)
    }
}

/// A new key, or a new secret of one, with the secret that is shown this once.
struct NewAPIKey: Encodable, Sendable {
    var key: APIKey
    var secret: Secret

    private enum CodingKeys: CodingKey { case key }

    func encode(to encoder: any Encoder) throws {
        try key.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try secret.withValue { try container.encode($0, forKey: .key) }
    }
}
