import Synchronization
import Testing

@testable import Runtime

@Suite("Timers that stand still", .timeLimit(.minutes(5)))
struct TimerWatchTests {
    @Test("are noticed once no tick has come for as many looks as are allowed")
    func standstill() async {
        await withCheckedContinuation { noticed in
            TimerWatch(every: .milliseconds(10), patience: 3, makesTicks: false) { noticed.resume() }
        }
    }

    @Test("are not seen where timers run")
    func running() async {
        let noticed = Notice()
        TimerWatch(every: .milliseconds(50), patience: 40) { noticed.set() }
        // A watch without a timer says when the other one has looked more often than it allows for misses.
        await withCheckedContinuation { passed in
            TimerWatch(every: .milliseconds(50), patience: 60, makesTicks: false) { passed.resume() }
        }
        #expect(!noticed.isSet)
    }

    private final class Notice: Sendable {
        private let flag = Atomic(false)
        var isSet: Bool { flag.load(ordering: .relaxed) }
        func set() { flag.store(true, ordering: .relaxed) }
    }
}
