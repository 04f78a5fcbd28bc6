import FoundationEssentials
import Synchronization

/// The time of this WeCom: the machine's, and what a test added to it.
final class SimulatorClock: Sendable {
    private let added = Mutex<Double>(0)

    /// Seconds since 1970.
    var now: Double { Date().timeIntervalSince1970 + added.withLock { $0 } }

    /// Whole seconds since 1970.
    var second: Int { Int(now) }

    /// Lets that many seconds pass at once.
    func advance(seconds: Double) { added.withLock { $0 += seconds } }
}
