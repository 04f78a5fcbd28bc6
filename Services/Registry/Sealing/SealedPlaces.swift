import Postgres
import Resealing

/// Wherever the registry keeps secrets sealed.
enum SealedPlaces {
    static func all(_ providers: IdentityProviderStore) -> [any SealedPlace] {
        [SealedConfigurations(store: providers)] + columns(in: providers.ledger.database)
    }

    private static func columns(in database: Database) -> [SealedColumn] {
        func column(
            _ name: String,
            _ table: SQL,
            _ column: SQL,
            of owner: SQL,
            _ context: @escaping @Sendable (String) -> String
        ) -> SealedColumn {
            SealedColumn(name, in: database, table: table, column: column, owner: owner, context: context)
        }
        return [
            column("codes", "registry.grants", "code", of: "id::text") { GrantStore.context($0) },
            column("permanent codes", "registry.grants", "permanent_code", of: "id::text") { GrantStore.context($0) },
            column("suite tickets", "registry.suite_tickets", "ticket", of: "suite") { SuiteTickets.context($0) },
            column("callbacks", "registry.callbacks", "sealed", of: "encode(digest, 'base64')") {
                CallbackStore.context($0)
            },
            column("webhooks", "registry.webhooks", "secret", of: "id::text") { Webhook.context($0) },
            column("former secrets of webhooks", "registry.webhooks", "former_secret", of: "id::text") {
                Webhook.context($0)
            },
            column("answers to repeated requests", "registry.request_identities", "sealed", of: "sealed_for") { $0 },
        ]
    }
}
