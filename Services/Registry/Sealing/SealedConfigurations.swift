import Messages
import Postgres
import Resealing
import Runtime
import Sealing

/// The identity providers' credentials, which every service is told of within their configurations.
struct SealedConfigurations: SealedPlace {
    let store: IdentityProviderStore

    let name = "identity providers"

    private static let batch = 20

    /// The secrets of a row: of the app, and of the proxy.
    private static let secrets: [SQL] = [
        "configuration #>> '{connection,secret}'", "configuration #>> '{egress,credentials}'",
    ]

    func counts() async throws -> [String: Int] {
        let rows = try await store.ledger.database.run(
            """
            select split_part(secret, '.', 2), count(*)
            from registry.identity_providers, lateral (values (\(Self.secrets[0])), (\(Self.secrets[1]))) as sealed (secret)
            where secret is not null group by 1
            """
        )
        return try rows.reduce(into: [:]) { counts, row in
            let (key, count) = try row.decode(String.self, Int.self)
            counts[key] = count
        }
    }

    /// A further revision of each, of which every service is told: who has an older one by then goes on with it.
    func reseal(by keyID: String, with keys: SealingKeys) async throws {
        var last: IdentityProviderID?
        repeat {
            try Task.checkCancellation()
            let after = last
            last = try await store.ledger.change { connection in
                let rows = try connection.run(
                    """
                    select \(IdentityProvider.columns) from registry.identity_providers
                    where (\(after)::uuid is null or id > \(after)::uuid)
                        and (split_part(\(Self.secrets[0]), '.', 2) <> \(keyID)
                            or split_part(\(Self.secrets[1]), '.', 2) <> \(keyID))
                    order by id limit \(Self.batch) for no key update
                    """
                )
                for provider in store.ledger.readable(rows) {
                    try reseal(provider, by: keyID, with: keys, on: connection)
                }
                return rows.last.flatMap { IdentityProvider.id(of: $0) }
            }
        } while last != nil
    }

    private func reseal(
        _ provider: IdentityProvider,
        by keyID: String,
        with keys: SealingKeys,
        on connection: isolated Connection
    ) throws {
        var changed = provider
        let id = provider.id
        if let connection = provider.configuration.connection {
            let sealed = try? keys.reseal(connection.secret, context: id.description, by: keyID)
            changed.configuration.connection?.secret = sealed ?? connection.secret
        }
        if let credentials = provider.configuration.egress?.credentials {
            let sealed = try? keys.reseal(credentials, context: EgressProxy.context(of: id), by: keyID)
            changed.configuration.egress?.credentials = sealed ?? credentials
        }
        guard changed.configuration != provider.configuration else { return }
        changed.configuration.revision = provider.configuration.revision.next
        try store.store(
            &changed,
            after: provider,
            by: .system,
            as: "idp.resealed",
            changes: SettingsChanges(),
            details: ["keyID": .string(keyID)],
            on: connection
        )
    }
}
