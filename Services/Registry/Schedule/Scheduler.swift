import Logging
import Messages
import Postgres

/// Starts the runs whose time has come.
///
/// Any number of registries may do so on one database: each claims due identity providers by locking their rows and
/// steps over those that another one has locked, and moves each one's turn on in the transaction that starts its run.
struct Scheduler: Sendable {
    let runs: RunStore
    let logger: Logger

    /// Starts every due run; returns how many.
    @discardableResult
    func startDueRuns() async throws -> Int {
        var count = 0
        while !Task.isCancelled, try await startOne() { count += 1 }
        return count
    }

    /// Starts the run that is due for the longest time; false when none is due.
    private func startOne() async throws -> Bool {
        let run = try await runs.ledger.change { database -> Run? in
            guard let provider = try Self.claim(on: database) else { return nil }
            let run = try runs.start(provider.usualRunKind, of: provider, cause: .schedule, on: database)
            let next = Due.afterRun(provider.configuration.cycleHours)
            try database.run(
                "update registry.identity_providers set next_run_at = \(next) where id = \(provider.id)"
            )
            return run
        }
        guard let run else { return false }
        logger.info(
            "started a due run",
            metadata: ["idp": "\(run.idpID)", "run": "\(run.id)", "state": "\(run.state)"]
        )
        return true
    }

    private static func claim(on connection: isolated Connection) throws -> IdentityProvider? {
        try connection.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where next_run_at <= now() and deleted_at is null
            order by next_run_at limit 1 for update skip locked
            """
        ).first.map(IdentityProvider.init)
    }
}
