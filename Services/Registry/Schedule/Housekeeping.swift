import BackgroundWork
import Egress
import Messages
import Postgres

/// What has to be done in time: authorizations lapse, and what is no longer needed is deleted.
struct Housekeeping: Sendable {
    let runs: RunStore
    let providers: IdentityProviderStore

    private var database: Database { runs.ledger.database }

    /// What it consists of.
    var steps: [Step] {
        [
            .each("lapsed authorizations", of: lapsed, lapse),
            .deletion("old callbacks", from: "registry.callbacks", where: Self.isOldCallback, in: database),
            .deletion("old grants", from: "registry.grants", where: Self.isOldGrant, in: database),
            .deletion(
                "old changes of visible ranges",
                from: "registry.range_changes",
                where: "at < now() - interval '90 days'",
                in: database
            ),
            .deletion(
                "hints that nobody used",
                from: "registry.hints",
                where: "last_at < now() - interval '7 days'",
                in: database
            ),
            .deletion(
                "old idempotency keys",
                from: "registry.run_requests",
                where: "created_at < now() - interval '7 days'",
                in: database
            ),
            .deletion(
                "addresses that were seen long ago",
                from: "registry.seen_addresses",
                where: "seen_at < now() - interval '7 days'",
                in: database
            ),
        ] + EgressSchema.cleanUp(schema: Migrations.schema, in: database)
    }

    private static let isOldCallback: SQL = """
        coalesce(done_at, set_aside_at) < now() - interval '1 day'
            and (kind in ('suite_ticket', 'change_contact') or coalesce(done_at, set_aside_at) < now() - interval '30 days')
        """

    /// What is over for so long; a reset's that was nobody's own is complete, and of use to nobody any more.
    private static let isOldGrant: SQL = """
        changed_at < now() - interval '90 days'
            and (standing in ('superseded', 'revoked', 'ended') or standing = 'complete' and idp is null
                or set_aside_at is not null)
        """

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
                where id = \(id) and \(Self.hasLapsed) for update skip locked
                """
            )
            guard let provider = try rows.first.map(IdentityProvider.init) else { return }
            _ = try providers.revise(provider, by: "registry", as: "authorization.lapsed", on: connection) {
                $0.authorization = .lapsed
            }
        }
    }
}
