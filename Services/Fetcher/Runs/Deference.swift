import Synchronization

/// Has a fetcher that could not send leave the next claims to others: cut off from the brokers alone, it would else take
/// the same run again and again, and keep its lease in the database meanwhile.
final class Deference: Sendable {
    /// Longer than others rest between two looks for work.
    private static let patience = Duration.seconds(5)

    private let end = Mutex(ContinuousClock.now)

    /// Whether it is the others' turn.
    var isDue: Bool { end.withLock { $0 > .now } }

    /// - Parameter delay: How long nobody can claim the run that was given back.
    func begin(after delay: Duration) {
        end.withLock { $0 = max($0, .now + delay + Self.patience) }
    }
}
