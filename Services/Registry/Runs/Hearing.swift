import Runtime
import ServiceLifecycle
import Synchronization

/// For how long this registry has been able to hear of runs and to be heard: since its start, since it stood still, and
/// since something kept it from its brokers or its database.
final class Hearing: Service, Sendable {
    private struct State {
        var since: ContinuousClock.Instant
        var last: ContinuousClock.Instant
    }

    private let readiness: Readiness
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// Who did not listen for longer stood still.
    private static let gap: Duration = .seconds(30)

    /// - Parameters:
    ///   - readiness: Says what is in the way.
    ///   - now: What the clock says.
    init(_ readiness: Readiness, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.readiness = readiness
        self.now = now
        state = Mutex(State(since: now(), last: now()))
    }

    /// How long it is by now; zero for one that does not listen.
    var duration: Duration {
        let now = now()
        return state.withLock { now - $0.last > Self.gap ? .zero : now - $0.since }
    }

    /// Listens every second until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.listen()
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Listens for a moment.
    func listen() {
        let (now, isReady) = (now(), readiness.isReady)
        state.withLock { state in
            if !isReady || now - state.last > Self.gap { state.since = now }
            state.last = now
        }
    }
}
