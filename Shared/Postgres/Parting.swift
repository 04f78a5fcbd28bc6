import Synchronization

/// How long a database may keep a program that was asked to stop.
///
/// What is in hand has eight seconds from the first notice, and what comes after them two, so that a program
/// whose database swallows every packet still ends within its twenty (architecture.md §5).
final class Parting: Sendable {
    private static let patience = Duration.seconds(8)
    private static let least = Duration.seconds(2)

    private let noticed = Mutex<ContinuousClock.Instant?>(nil)

    /// For a caller that learns of the stop, or comes after it.
    var limit: Duration {
        let now = ContinuousClock.now
        let first = noticed.withLock { noticed in
            noticed = noticed ?? now
            return noticed ?? now
        }
        return max(Self.least, Self.patience - first.duration(to: now))
    }
}
