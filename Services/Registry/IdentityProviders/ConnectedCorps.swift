import Messages
import Postgres
import WeCom

/// The identity providers of an enterprise.
struct ConnectedCorps: Sendable {
    let ledger: Ledger

    /// Whether some identity provider is connected to the enterprise.
    func isKnown(_ corpID: String) async throws -> Bool {
        guard let corp = try? CorpID(corpID) else { return false }
        let rows = try await ledger.database.run(
            """
            select corp_id from registry.identity_providers
            where lower(corp_id) = lower(\(corpID)) and not is_deleted
            """
        )
        return try rows.contains { row in
            let known = try row.decode(String.self)
            return (try? CorpID(known)) == corp
        }
    }

    /// The identity providers that are connected to the enterprise.
    static func identityProviders(
        of corp: CorpID,
        on connection: isolated Connection
    ) throws -> [IdentityProviderID] {
        try connection.run(
            """
            select id, corp_id from registry.identity_providers
            where lower(corp_id) = lower(\(corp.rawValue)) and not is_deleted order by id
            """
        ).compactMap { row in
            let (id, known) = try row.decode(IdentityProviderID.self, String.self)
            return (try? CorpID(known)) == corp ? id : nil
        }
    }

    /// The identity providers that the enterprise's custom-developed app is connected to, locked until the transaction
    /// ends.
    func lock(_ corp: CorpID, on connection: isolated Connection) throws -> [IdentityProvider] {
        let rows = try connection.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where lower(corp_id) = lower(\(corp.rawValue)) and not is_deleted order by id for no key update
            """
        )
        return Self.connected(ledger.readable(rows), to: corp)
    }

    /// Those to which the enterprise's custom-developed app is connected.
    static func connected(_ providers: [IdentityProvider], to corp: CorpID) -> [IdentityProvider] {
        providers.filter { provider in
            guard let known = provider.configuration.connection, known.kind == .customDevelopedApp else { return false }
            return (try? CorpID(known.corpID)) == corp
        }
    }

    /// Whether another tenant's identity provider is connected to the enterprise, by whatever app.
    static func isElsewhere(_ corp: CorpID, than tenant: TenantID, on connection: isolated Connection) throws -> Bool {
        try connection.run(
            """
            select corp_id from registry.identity_providers
            where lower(corp_id) = lower(\(corp.rawValue)) and not is_deleted and tenant <> \(tenant)
            """
        ).decode(String.self).contains { (try? CorpID($0)) == corp }
    }
}
