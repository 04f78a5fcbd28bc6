import Logging
import Messages
import Postgres
import Runtime
import Synchronization

/// Ends runs that nobody works on, after minutes (architecture.md §3.3).
///
/// Like the scheduler it may be at work in any number of registries. Its clock stands still while this registry itself
/// cannot hear or be heard: since its start, since it stood still, and since something kept it from the brokers.
final class Watchdog: Sendable {
    private let runs: RunStore
    private let settings: WatchdogSettings
    private let readiness: Readiness
    private let logger: Logger
    private let clock: Mutex<Clock>

    init(runs: RunStore, settings: WatchdogSettings, readiness: Readiness, logger: Logger) {
        self.runs = runs
        self.settings = settings
        self.readiness = readiness
        self.logger = logger
        clock = Mutex(Clock())
    }

    /// Looks at all active runs once.
    func look() async throws {
        let isReady = readiness.isReady
        guard clock.withLock({ $0.heard(isReady: isReady) }) >= settings.silence else { return }
        try await forEach(silent(asked: false)) { try self.wake($0, on: $1) }
        try await forEach(silent(asked: true)) { try self.giveUp($0, on: $1) }
    }

    /// What holds for runs of which nothing was heard for too long, and that were not asked to end, or long enough ago.
    private func silent(asked wasAsked: Bool) -> SQL {
        let asked: SQL =
            wasAsked
            ? "cancelled_at < now() - make_interval(secs => \(settings.patience / .seconds(1)))"
            : "cancelled_at is null"
        return """
            state in ('requested', 'running') and \(asked)
            and progress_at < now() - make_interval(secs => \(settings.silence / .seconds(1)))
            """
    }

    private func forEach(
        _ condition: SQL,
        _ body: @Sendable (Run, isolated Connection) throws -> Void
    ) async throws {
        let database = runs.ledger.database
        let found = try await database.run(
            "select id, idp from registry.runs where \(condition) order by progress_at limit 100"
        )
        for row in found {
            let (id, idp) = try row.decode(RunID.self, IdentityProviderID.self)
            let run = try await runs.ledger.change { connection -> Run? in
                _ = try IdentityProviderStore.lockedRow(idp, evenDeleted: true, on: connection)
                let rows = try connection.run(
                    "select \(Run.columns) from registry.runs where id = \(id) and \(condition) for update"
                )
                guard let run = try rows.first.map(Run.init) else { return nil }
                try body(run, connection)
                return run
            }
            guard let run else { continue }
            logger.warning("nothing is heard of a run", metadata: ["idp": "\(idp)", "run": "\(run.id)"])
        }
    }

    /// Asks the fetcher to end the run; for a deletion, which is never given up, asks once more.
    private func wake(_ run: Run, on connection: isolated Connection) throws {
        guard run.kind == .delete else { return try runs.cancel(run, because: "", on: connection) }
        let row = try IdentityProviderStore.lockedRow(run.idpID, evenDeleted: true, on: connection)
        for provider in runs.ledger.readable(row) { try runs.request(run, of: provider, on: connection) }
    }

    /// Ends the run.
    private func giveUp(_ run: Run, on connection: isolated Connection) throws {
        let reason = """
            Nothing was heard of the run for \(settings.silence.inWords), and nobody answered when it was asked to end. \
            See that a fetcher and a writer are running and ready (/readyz), then start a run again.
            """
        var end = RunEnd(run: run.id, idpID: run.idpID, outcome: .failed, reasons: [reason])
        end.cause = .unanswered
        try runs.finish(end, on: connection)
    }
}

/// How long a run may be silent.
struct WatchdogSettings: Sendable {
    /// Nothing was heard of it for so long: it is asked to end.
    var silence: Duration = .seconds(600)
    /// And that was not answered for so long: it is over.
    var patience: Duration = .seconds(60)
    /// From one look to the next.
    var pause: Duration = .seconds(5)
}

/// For how long this registry has been able to hear of runs.
private struct Clock {
    private var since = ContinuousClock.now
    private var last = ContinuousClock.now

    /// A longer time from one look to the next means that the process stood still.
    private static let gap: Duration = .seconds(30)

    /// Looks at the clock; it begins anew where something is in the way.
    mutating func heard(isReady: Bool) -> Duration {
        let now = ContinuousClock.now
        if !isReady || now - last > Self.gap { since = now }
        last = now
        return now - since
    }
}

extension Duration {
    /// `1 minute`, `10 minutes`; less than a minute in seconds.
    fileprivate var inWords: String {
        let seconds = components.seconds
        let (count, unit) = seconds < 60 ? (seconds, "second") : (seconds / 60, "minute")
        return count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
    }
}
