import BackgroundWork
import Failures
import Logging
import Messages
import Postgres

/// Starts the runs whose time has come, by the database's clock.
///
/// Any number of registries may do so on one database: each claims a due identity provider by locking its row, steps
/// over those that another one has locked, and moves each one's turn on in the transaction that starts its run.
struct Scheduler: Sendable {
    let runs: RunStore
    let pace: SchedulePace
    let logger: Logger

    /// Starts what is due, as far as the pace lets it.
    var step: Step { Step("due runs") { try await startDue() } }

    /// What became of one that was due.
    enum Outcome: Sendable, Equatable {
        case started, passed
        /// It waits for the pace, as do all others.
        case paced
    }

    /// Starts every due run that the pace allows now; returns how many.
    @discardableResult
    func startDue() async throws -> Int {
        let due = try await due()
        guard !due.isEmpty else { return 0 }
        try await pace.refresh(in: runs.ledger.database)
        var count = 0
        for id in due {
            try Task.checkCancellation()
            do {
                switch try await start(id) {
                case .started: count += 1
                case .passed: break
                case .paced: return count
                }
            } catch let error as PostgresError where error.isAway {
                throw error  // Nor would the next one succeed.
            } catch let error as CancellationError {
                throw error
            } catch {
                logger.warning("a due run could not be started", metadata: ["idp": "\(id)", "error": "\(error)"])
                if FailureClass(of: error) == .permanent { try await putOff(id) }
            }
        }
        return count
    }

    /// Whose turn it is; and whose turn lies further ahead than any turn does, as it was set while the database's clock
    /// was fast: a failure's rest, a cycle and quiet hours are less than four days together.
    fileprivate static let isDue: SQL =
        "(next_run_at <= clock_timestamp() or next_run_at > clock_timestamp() + interval '4 days')"

    /// The identity providers whose run is due, the one that waits longest first.
    private func due() async throws -> [IdentityProviderID] {
        try await runs.ledger.database.run(
            "select id from registry.identity_providers where \(Self.isDue) order by next_run_at limit 100"
        ).decode(IdentityProviderID.self)
    }

    /// What fails in the same way next time must not stand before all others for ever.
    private func putOff(_ id: IdentityProviderID) async throws {
        try await runs.ledger.database.run(
            """
            update registry.identity_providers set next_run_at = clock_timestamp() + interval '10 minutes'
            where id = any(array(
                select id from registry.identity_providers
                where id = \(id) and \(Self.isDue) for no key update skip locked
            ))
            """
        )
    }

    /// Starts the run of one, unless it is not due any more, or another registry is at it.
    private func start(_ id: IdentityProviderID) async throws -> Outcome {
        let outcome = try await runs.ledger.change { database -> Outcome in
            guard let turn = try Turn(id, on: database) else { return .passed }
            guard let provider = turn.provider else {
                try turn.moveOn(to: turn.now.advanced(by: .seconds(3_600)), on: database)
                return .passed
            }
            let timetable = Timetable(provider.configuration)
            let isAstray = provider.nextRunAt.map { $0 > turn.now } ?? false
            if isAstray || timetable.isQuiet(at: turn.now) {
                try turn.moveOn(to: timetable.turn(notBefore: turn.now), on: database)
                return .passed
            }
            guard try pace.take(on: database) else { return .paced }
            let run = try runs.start(of: provider, because: .schedule, on: database)
            let next = timetable.turn(after: turn.now, resting: provider.rest)
            try turn.moveOn(to: provider.isScheduled ? next : nil, on: database)
            return run == nil ? .passed : .started
        }
        guard outcome == .started else { return outcome }
        RunMetrics.started(.schedule)
        logger.info("started a due run", metadata: ["idp": "\(id)"])
        return outcome
    }
}

/// An identity provider whose run is due, locked until the transaction ends.
private struct Turn: Sendable {
    var id: IdentityProviderID
    /// What the database's clock says.
    var now: Timestamp
    /// Nil when the row cannot be read; that must not keep the others waiting.
    var provider: IdentityProvider?

    /// Nil when it is not due, or somebody else has locked it.
    init?(_ id: IdentityProviderID, on connection: isolated Connection) throws {
        let rows = try connection.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where id = \(id) and \(Scheduler.isDue) for no key update skip locked
            """
        )
        guard let row = rows.first else { return nil }
        self.id = id
        provider = try? IdentityProvider(row)
        now = try .ofDatabase(on: connection)
    }

    /// Sets its next turn.
    func moveOn(to next: Timestamp?, on connection: isolated Connection) throws {
        try connection.run("update registry.identity_providers set next_run_at = \(next) where id = \(id)")
    }
}
