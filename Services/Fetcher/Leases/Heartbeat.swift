import Logging
import Postgres

/// Keeps a lease alive while its run or errand is worked on, and hears whether the run is to end.
struct Heartbeat: Sendable {
    /// How long a lease lasts from each renewal.
    let duration: Duration
    let logger: Logger
    /// Prolongs the lease, and says whether somebody asked to end the run.
    let renewal: @Sendable () async throws -> Bool

    /// Somebody asked to end the run.
    struct RunCancelled: Error {}

    /// Renews until the task is cancelled.
    ///
    /// A database that is away is asked again for as long as the lease surely lasts.
    ///
    /// - Parameter claimedAt: When the lease was claimed.
    /// - Throws: ``LeaseLost`` when it is lost or could not be renewed in time, ``RunCancelled``, `CancellationError`.
    func beat(since claimedAt: ContinuousClock.Instant) async throws -> Never {
        var isHeldUntil = claimedAt + duration
        let pause = min(duration / 3, .seconds(1))
        while true {
            try await Task.sleep(for: pause)
            let start = ContinuousClock.now
            do {
                if try await renew(until: isHeldUntil) { throw RunCancelled() }
                isHeldUntil = start + duration
            } catch let error as PostgresError {
                logger.warning("the lease could not be renewed", metadata: ["error": "\(error)"])
                guard ContinuousClock.now + pause < isHeldUntil else { throw LeaseLost() }
            }
        }
    }

    /// Gives up on a database that does not answer once somebody else may take over; what is sent until the call comes
    /// back is told apart by the fence.
    private func renew(until deadline: ContinuousClock.Instant) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await renewal() }
            group.addTask {
                try await Task.sleep(until: deadline, clock: .continuous)
                throw LeaseLost()
            }
            guard let isCancelled = try await group.next() else { throw CancellationError() }
            return isCancelled
        }
    }
}
