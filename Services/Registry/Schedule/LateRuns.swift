import BackgroundWork
import Messages
import Postgres

/// Tells administrators of scheduled runs that are not over when they should be: six hours after their turn, or a
/// cycle where that is shorter, and half an hour of grace.
struct LateRuns: Sendable {
    let runs: RunStore

    /// Tells of each once.
    var step: Step {
        .each("late runs", of: late) { id in
            try await runs.ledger.change { database in
                guard let provider = try IdentityProviderStore.lock(id, on: database) else { return }
                let rows = try database.run(
                    "select id, \(time: "requested_at") from registry.runs as run where idp = \(id) and \(Self.isLate)"
                )
                for row in rows {
                    let (run, since) = try row.decode(RunID.self, Timestamp.self)
                    try database.run("update registry.runs set is_late = true where id = \(run)")
                    try Notifications.raise(.runLate(run: run, since: since), of: provider, on: database)
                }
            }
        }
    }

    private static let isLate: SQL = """
        cause = 'schedule' and state <> 'finished' and not is_late
        and requested_at < clock_timestamp() - interval '30 minutes' - make_interval(hours => least(6, coalesce((
            select spread_hours from registry.identity_providers where id = run.idp
        ), 6)))
        """

    private func late() async throws -> [IdentityProviderID] {
        try await runs.ledger.database.run("select idp from registry.runs as run where \(Self.isLate) limit 1000")
            .decode(IdentityProviderID.self)
    }
}
