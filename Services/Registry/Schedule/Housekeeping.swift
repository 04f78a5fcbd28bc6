import Logging
import Messages
import Postgres

/// What has to be done in time: authorizations lapse, runs time out, and what is no longer needed is deleted.
///
/// Like the scheduler it may be at work in any number of registries.
struct Housekeeping: Sendable {
    let runs: RunStore
    let providers: IdentityProviderStore
    /// How long a run may be without progress.
    let runTimeout: Duration
    let logger: Logger

    /// Does all of it once.
    func tidy() async throws {
        while try await lapseOne() {}
        while try await timeOutOne() {}
        try await deleteOldRows()
    }

    /// Marks one identity provider whose QR code nobody scanned in time; false when there is none.
    private func lapseOne() async throws -> Bool {
        try await runs.ledger.change { database in
            let rows = try database.run(
                """
                select \(IdentityProvider.columns) from registry.identity_providers as provider
                where authorization_state = 'pending' and deleted_at is null
                    and exists (select from registry.authorizations where idp = provider.id)
                    and not exists (select from registry.authorizations where idp = provider.id and expires_at > now())
                limit 1 for update skip locked
                """
            )
            guard let provider = try rows.first.map(IdentityProvider.init) else { return false }
            _ = try providers.revise(provider, by: "registry", as: "authorization.lapsed", on: database) {
                $0.authorization = .lapsed
            }
            return true
        }
    }

    /// Fails one run that nobody has told of for too long; false when there is none.
    private func timeOutOne() async throws -> Bool {
        let timeout = runTimeout / .seconds(1)
        let ended = try await runs.ledger.change { database -> Run? in
            let rows = try database.run(
                """
                select \(Run.columns) from registry.runs
                where state in ('requested', 'running') and progress_at < now() - make_interval(secs => \(timeout))
                limit 1
                """
            )
            guard let seen = try rows.first.map(Run.init) else { return nil }
            _ = try IdentityProviderStore.lock(seen.idpID, on: database)
            try runs.cancel(seen, because: "Timed out.", on: database)
            let reason = "The run timed out: nothing was heard of it for \(Int(timeout / 3_600)) hours."
            try runs.finish(RunEnd(run: seen.id, idpID: seen.idpID, outcome: .failed, reasons: [reason]), on: database)
            return seen
        }
        guard let ended else { return false }
        logger.warning("a run timed out", metadata: ["idp": "\(ended.idpID)", "run": "\(ended.id)"])
        return true
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
