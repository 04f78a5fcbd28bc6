import Synchronization

/// The lifetimes in force, which the control API may change.
final class LifetimeSettings: Sendable {
    private let values = Mutex(Lifetimes())

    var current: Lifetimes {
        get { values.withLock { $0 } }
        set { values.withLock { $0 = newValue } }
    }
}
