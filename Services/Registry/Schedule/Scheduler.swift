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
        let claim = try await runs.ledger.change { database -> Claim? in
            guard let claim = try Claim.oldest(on: database) else { return nil }
            if let provider = claim.provider {
                _ = try runs.start(provider.usualRunKind, of: provider, cause: .schedule, on: database)
            }
            try claim.moveOn(on: database)
            return claim
        }
        guard let claim else { return false }
        if claim.provider == nil {
            logger.error("a configuration cannot be read, its run is put off", metadata: ["idp": "\(claim.id)"])
        } else {
            RunMetrics.started(.schedule)
            logger.info("started a due run", metadata: ["idp": "\(claim.id)"])
        }
        return true
    }
}

/// An identity provider whose run is due, locked until the transaction ends.
private struct Claim: Sendable {
    var id: IdentityProviderID
    /// Nil when the row cannot be read; that must not keep the others waiting.
    var provider: IdentityProvider?

    /// The one that is due for the longest time and that nobody else has locked.
    static func oldest(on connection: isolated Connection) throws -> Claim? {
        let rows = try connection.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where next_run_at <= now() and not is_deleted
            order by next_run_at limit 1 for update skip locked
            """
        )
        guard let row = rows.first, let id = IdentityProvider.id(of: row) else { return nil }
        return Claim(id: id, provider: try? IdentityProvider(row))
    }

    /// Its next turn: a cycle later, an hour where the cycle is not known.
    func moveOn(on connection: isolated Connection) throws {
        let next = provider.map { Due.afterRun($0.configuration.cycleHours) } ?? .now.advanced(by: .seconds(3_600))
        try connection.run("update registry.identity_providers set next_run_at = \(next) where id = \(id)")
    }
}
