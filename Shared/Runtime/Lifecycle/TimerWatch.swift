import Foundation
import Synchronization

/// Notices when the process's timers stand still: when no `Task.sleep` comes to its end any more, though threads run.
///
/// A service in that state would keep its partitions and leases and do nothing with them. It was seen in test processes on
/// Linux: one descriptor that is closed before the dispatch library has let go of it, as a `FileHandle` with a
/// `readabilityHandler` can do, is enough to end its event loop. No service uses one, but a library may. Only a thread of
/// its own can see it, as everything else that waits, waits by such a timer.
final class TimerWatch: Sendable {
    private let ticks = Atomic<UInt64>(0)

    /// Begins to watch, for the rest of the process's life.
    ///
    /// - Parameters:
    ///   - period: How often a timer ticks, and how often it is looked whether it did.
    ///   - patience: How many looks in a row may find no tick.
    ///   - makesTicks: Whether there is a timer; a test may do without.
    ///   - standstill: Called once, on the watch's own thread.
    @discardableResult
    init(
        every period: Duration,
        patience: Int,
        makesTicks: Bool = true,
        standstill: @escaping @Sendable () -> Void
    ) {
        if makesTicks { Task.detached(priority: .high) { await self.tick(every: period) } }
        Thread.detachNewThread { self.look(every: period, patience, standstill) }
    }

    private func tick(every period: Duration) async {
        while true {
            try? await Task.sleep(for: period)
            ticks.add(1, ordering: .relaxed)
        }
    }

    /// Counts looks rather than seconds: a process that was stopped for an hour has looked no more often for it.
    private func look(every period: Duration, _ patience: Int, _ standstill: () -> Void) {
        var (last, misses) = (UInt64.max, 0)
        while misses < patience {
            Thread.sleep(forTimeInterval: period / .seconds(1))
            let now = ticks.load(ordering: .relaxed)
            misses = now == last ? misses + 1 : 0
            last = now
        }
        standstill()
    }
}
