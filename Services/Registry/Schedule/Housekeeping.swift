import BackgroundWork
import Egress
import Messages
import Postgres

/// What has to be done in time: authorizations lapse, and what is counted of calls to WeCom is forgotten.
struct Housekeeping: Sendable {
    let runs: RunStore
    let providers: IdentityProviderStore

    private var database: Database { runs.ledger.database }

    /// What it consists of.
    var steps: [Step] {
        [.each("lapsed authorizations", of: lapsed, lapse)]
            + EgressSchema.cleanUp(schema: Migrations.schema, in: database)
    }

    private static let hasLapsed: SQL = """
        authorization_state = 'pending' and not is_deleted
        and exists (select from registry.authorizations where idp = provider.id)
        and not exists (
            select from registry.grants where idp = provider.id
                and standing in ('codeReceived', 'exchanged', 'waitingForApp', 'waitingForConfirmation')
                and set_aside_at is null
        )
        and not exists (select from registry.authorizations where idp = provider.id and expires_at > now())
        """

    /// The identity providers whose QR code nobody scanned in time.
    private func lapsed() async throws -> [IdentityProviderID] {
        try await database.run(
            "select id from registry.identity_providers as provider where \(Self.hasLapsed) limit 1000"
        ).decode(IdentityProviderID.self)
    }

    private func lapse(_ id: IdentityProviderID) async throws {
        try await runs.ledger.change { connection in
            let rows = try connection.run(
                """
                select \(IdentityProvider.columns) from registry.identity_providers as provider
                where id = \(id) and \(Self.hasLapsed) for no key update skip locked
                """
            )
            guard let provider = try rows.first.map(IdentityProvider.init) else { return }
            _ = try providers.revise(provider, by: .system, as: "authorization.lapsed", on: connection) {
                $0.authorization = .lapsed
            }
        }
    }
}
