import Synchronization
import WeCom

/// A time that passes only when somebody waits or the test says so.
final class TestTime: Sendable {
    private let state = Mutex((now: Duration.zero, sleeps: [Duration]()))

    var keeper: TimeKeeper {
        TimeKeeper(
            now: { self.state.withLock { $0.now } },
            sleep: { duration in
                try Task.checkCancellation()
                self.state.withLock { state in
                    state.now += duration
                    state.sleeps.append(duration)
                }
                await Task.yield()
            }
        )
    }

    /// What was waited for, in order.
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func advance(by duration: Duration) {
        state.withLock { $0.now += duration }
    }
}
