import Synchronization

/// Has a fetcher that could not send leave the next claims to others: cut off from the brokers alone, it would else take
/// the same run again and again, and keep its lease in the database meanwhile.
final class Deference: Sendable {
    /// Longer than others rest between two looks for work.
    private static let patience = Duration.seconds(5)

    private struct State {
        var end = ContinuousClock.now
        var lastSuccess: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Whether it is the others' turn.
    var isDue: Bool { state.withLock { $0.end > .now } }

    /// Something was sent to its end.
    func noteSuccess() { state.withLock { $0.lastSuccess = .now } }

    /// - Parameters:
    ///   - delay: How long nobody can claim the run that was given back.
    ///   - start: When the work began that failed: where other work was sent since, one partition is in trouble, not this
    ///     process.
    func begin(after delay: Duration, since start: ContinuousClock.Instant) {
        state.withLock { state in
            if let success = state.lastSuccess, success > start { return }
            state.end = max(state.end, .now + delay + Self.patience)
        }
    }
}
