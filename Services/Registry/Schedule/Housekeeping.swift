import Messages
import Postgres

/// What has to be done in time: authorizations lapse, and what is no longer needed is deleted.
///
/// Like the scheduler it may be at work in any number of registries.
struct Housekeeping: Sendable {
    let runs: RunStore
    let providers: IdentityProviderStore

    /// Does all of it once.
    func tidy() async throws {
        for id in try await lapsed() { try await lapse(id) }
        try await deleteOldRows()
    }

    private static let hasLapsed: SQL = """
        authorization_state = 'pending' and not is_deleted
        and exists (select from registry.authorizations where idp = provider.id)
        and not exists (select from registry.authorizations where idp = provider.id and expires_at > now())
        """

    /// The identity providers whose QR code nobody scanned in time.
    private func lapsed() async throws -> [IdentityProviderID] {
        try await runs.ledger.database.run(
            "select id from registry.identity_providers as provider where \(Self.hasLapsed) limit 100"
        ).decode(IdentityProviderID.self)
    }

    private func lapse(_ id: IdentityProviderID) async throws {
        try await runs.ledger.change { database in
            let rows = try database.run(
                """
                select \(IdentityProvider.columns) from registry.identity_providers as provider
                where id = \(id) and \(Self.hasLapsed) for update skip locked
                """
            )
            for provider in runs.ledger.readable(rows) {
                _ = try providers.revise(provider, by: "registry", as: "authorization.lapsed", on: database) {
                    $0.authorization = .lapsed
                }
            }
        }
    }

    private func deleteOldRows() async throws {
        try await runs.ledger.database.pipeline([
            "delete from registry.callback_signatures where received_at < now() - interval '1 hour'",
            """
            delete from registry.callbacks
            where done_at < now() - case when kind = 'suite_ticket' then interval '1 day' else interval '30 days' end
            """,
            "delete from registry.run_requests where created_at < now() - interval '7 days'",
        ])
    }
}
