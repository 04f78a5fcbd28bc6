import Crypto
import FoundationEssentials
import Messages
import Sealing

/// A key to the admin API, without what its holder knows.
struct APIKey: Encodable, Sendable, Equatable {
    var id: UUID
    /// What the audit calls whoever uses it.
    var name: String
    var role: Role
    /// The only tenant that it is for; nil for all.
    var tenantID: TenantID?
    var createdAt: Timestamp
    var createdBy: String

    /// What its holder knows: `wbk_` and 32 random characters.
    static func makeSecret() -> Secret {
        Secret("wbk_" + RandomText.make(32, of: RandomText.base64URL))
    }

    /// What is stored of the secret. The secrets are random, so that a plain hash cannot be guessed.
    static func digest(_ secret: Secret) -> [UInt8] {
        secret.withValue { Array(SHA256.hash(data: Data($0.utf8))) }
    }

    private enum CodingKeys: CodingKey { case id, name, role, tenantID, createdAt, createdBy }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id.uuidString.lowercased(), forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(role, forKey: .role)
        try container.encodeIfPresent(tenantID, forKey: .tenantID)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(createdBy, forKey: .createdBy)
    }
}

/// A new key, with the secret that is shown this once.
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
