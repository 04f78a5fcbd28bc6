import Runtime
import Synchronization

/// The lanes of a queue that an instance leaves alone for a while, as what it did there last has failed: what waits in
/// them would most likely fail, too, and take up the room of others meanwhile.
final class RestingLanes: Sendable {
    private struct Rest {
        /// How often in a row something failed.
        let failures: Int
        let end: ContinuousClock.Instant
    }

    private let rests = Mutex<[String: Rest]>([:])
    private let backoff: Backoff

    /// - Parameter backoff: How long a lane rests after so many failures in a row.
    init(_ backoff: Backoff) { self.backoff = backoff }

    /// Those that rest now.
    func current(at now: ContinuousClock.Instant = .now) -> [String] {
        rests.withLock { rests in rests.filter { $0.value.end > now }.map(\.key) }
    }

    /// Something failed in a lane. What was in hand together fails together, and counts once.
    func failed(_ lane: String, at now: ContinuousClock.Instant = .now) {
        rests.withLock { rests in
            if let rest = rests[lane], rest.end > now { return }
            let failures = (rests[lane]?.failures ?? 0) + 1
            rests[lane] = Rest(failures: failures, end: now + backoff.delay(attempt: failures))
        }
    }

    /// Something was done in a lane: it has nothing to rest from.
    func succeeded(_ lane: String) {
        rests.withLock { $0[lane] = nil }
    }
}
