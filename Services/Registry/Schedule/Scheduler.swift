import BackgroundWork
import Logging
import Messages
import Postgres

/// Starts the runs whose time has come.
///
/// Any number of registries may do so on one database: each claims a due identity provider by locking its row, steps
/// over those that another one has locked, and moves each one's turn on in the transaction that starts its run.
struct Scheduler: Sendable {
    let runs: RunStore
    let logger: Logger

    /// Starts every due run.
    var step: Step {
        .each("due runs", of: due) { try await start($0) }
    }

    /// The identity providers whose run is due, the one that waits longest first.
    func due() async throws -> [IdentityProviderID] {
        try await runs.ledger.database.run(
            "select id from registry.identity_providers where next_run_at <= now() order by next_run_at limit 1000"
        ).decode(IdentityProviderID.self)
    }

    /// Starts the run of one; false when it is not due any more, or another registry is at it.
    @discardableResult
    func start(_ id: IdentityProviderID) async throws -> Bool {
        let turn = try await runs.ledger.change { database -> Turn? in
            guard let turn = try Turn(id, on: database) else { return nil }
            if let provider = turn.provider {
                _ = try runs.start(provider.usualRun, of: provider, cause: .schedule, on: database)
            }
            try turn.moveOn(on: database)
            return turn
        }
        guard let turn else { return false }
        if turn.provider == nil {
            logger.error("a configuration cannot be read, its run is put off", metadata: ["idp": "\(id)"])
        } else {
            RunMetrics.started(.schedule)
            logger.info("started a due run", metadata: ["idp": "\(id)"])
        }
        return true
    }
}

/// An identity provider whose run is due, locked until the transaction ends.
private struct Turn: Sendable {
    var id: IdentityProviderID
    /// Nil when the row cannot be read; that must not keep the others waiting.
    var provider: IdentityProvider?

    /// Nil when it is not due, or somebody else has locked it.
    init?(_ id: IdentityProviderID, on connection: isolated Connection) throws {
        let rows = try connection.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where id = \(id) and next_run_at <= now() for update skip locked
            """
        )
        guard let row = rows.first else { return nil }
        self.id = id
        provider = try? IdentityProvider(row)
    }

    /// Its next turn: a cycle later, an hour where the cycle is not known.
    func moveOn(on connection: isolated Connection) throws {
        let next = provider.map { Due.afterRun($0.configuration.cycleHours) } ?? .now.advanced(by: .seconds(3_600))
        try connection.run("update registry.identity_providers set next_run_at = \(next) where id = \(id)")
    }
}
