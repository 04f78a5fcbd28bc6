import FoundationEssentials
import Messages
import Postgres
import Sealing

/// Whose secret it is that a request carries, and whether it is still good.
struct KnownKey: Sendable, Equatable {
    enum Standing: String, Sendable, PostgresDecodable {
        case valid
        /// Another secret took its place, and the time that both were good is over.
        case replaced
        case expired
        case revoked
    }

    var caller: Caller
    var standing: Standing
}

extension APIKeyStore {
    /// Whose key it is; nil when it is nobody's.
    ///
    /// Every key is looked up alike, by the digest of its secret, so that time tells no more than the answer does.
    func known(_ secret: Secret) async throws -> KnownKey? {
        if secret == bootstrap {
            return KnownKey(caller: Caller(actor: .bootstrap, role: .owner, tenant: nil), standing: .valid)
        }
        let digest = APIKey.digest(secret)
        let rows = try await ledger.database.run(
            """
            select id, name, role, tenant,
                case
                    when revoked_at is not null then 'revoked'
                    when expires_at <= now() then 'expired'
                    when digest <> \(digest) and previous_until <= now() then 'replaced'
                    else 'valid'
                end
            from registry.api_keys where digest = \(digest) or previous_digest = \(digest)
            """
        )
        guard let row = rows.first else { return nil }
        let (id, name, role, tenant, standing) = try row.decode(
            UUID.self,
            String.self,
            Role.self,
            TenantID?.self,
            KnownKey.Standing.self
        )
        let actor = AuditActor(kind: .key, id: id, name: name)
        return KnownKey(caller: Caller(actor: actor, role: role, tenant: tenant), standing: standing)
    }
}
