import BackgroundWork
import Logging
import Messages
import Postgres

/// Starts the run that has to confirm another: whom WeCom does not let the app ask for, two runs have to miss, at least a
/// minute apart (architecture.md §3.5).
///
/// One such run follows, however it ends: what is still open then waits for the schedule.
struct RunFollowUps: Sendable {
    let runs: RunStore

    /// Starts what is due.
    var step: Step {
        .each("runs to be confirmed", of: unconfirmed) { try await confirm($0) }
    }

    /// The writer goes by when runs were asked for; a little more than its minute, as clocks differ.
    private static let gap: Duration = .seconds(65)

    /// What holds for a run that is to be confirmed by now, and that no later one of its kind has followed.
    private static var isUnconfirmed: SQL {
        """
        end_cause = 'confirmationNeeded' and restarted_as is null and cause <> 'confirmation' and not is_dry_run
            and plan_run is null
            and kind in ('full', 'departments') and finished_at > now() - interval '1 day'
            and requested_at < now() - make_interval(secs => \(gap / .seconds(1)))
            and not exists (
                select from registry.runs as later
                where later.idp = runs.idp and (later.state <> 'finished'
                    or later.epoch > runs.epoch and not later.is_dry_run
                        and later.kind in ('full', runs.kind))
            )
        """
    }

    private func unconfirmed() async throws -> [IdentityProviderID] {
        try await runs.ledger.database.run(
            "select idp from registry.runs where \(Self.isUnconfirmed) order by finished_at limit 1000"
        ).decode(IdentityProviderID.self)
    }

    private func confirm(_ id: IdentityProviderID) async throws {
        let run = try await runs.ledger.change { database -> Run? in
            guard let provider = try IdentityProviderStore.lock(id, on: database) else { return nil }
            let rows = try database.run(
                """
                select \(Run.columns) from registry.runs
                where idp = \(id) and \(Self.isUnconfirmed) order by epoch desc limit 1
                """
            )
            guard let run = try rows.first.map(Run.init),
                let next = try runs.start(run.work, of: provider, because: .confirmation, on: database)
            else { return nil }
            try database.run("update registry.runs set restarted_as = \(next.id) where id = \(run.id)")
            return next
        }
        guard let run else { return }
        RunMetrics.started(.confirmation)
        runs.ledger.logger.info("a run confirms another", metadata: ["idp": "\(id)", "run": "\(run.id)"])
    }
}
