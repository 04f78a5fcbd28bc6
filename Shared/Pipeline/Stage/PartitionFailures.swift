import Kafka
import Messages
import Runtime

/// The partitions that wait after a transient error, and how long.
struct PartitionFailures {
    struct Failure {
        /// Where it failed: nothing from here on is handled before this is.
        let offset: Int64
        /// How often it was tried.
        let attempts: Int
        /// When it was tried first.
        let firstSeen: Timestamp
        /// What went wrong last.
        let reason: String
        /// Whether the handler has to say anew where the partition starts.
        let isOutdated: Bool
        /// When to try again; `nil` while it is being tried.
        var retryAt: ContinuousClock.Instant?
    }

    private let backoff: Backoff
    private var failures: [TopicPartition: Failure] = [:]

    init(backoff: Backoff) { self.backoff = backoff }

    subscript(partition: TopicPartition) -> Failure? { failures[partition] }

    /// Whether nothing is to be handled of a partition for now.
    func isWaiting(_ partition: TopicPartition) -> Bool { failures[partition]?.retryAt != nil }

    /// The first of those that wait.
    var nextRetry: ContinuousClock.Instant? { failures.values.compactMap(\.retryAt).min() }

    /// What keeps the stage from its work, in one line.
    var reason: String? {
        failures.min { $0.key < $1.key }.map { "\($0.key): \($0.value.reason)" }
    }

    /// The partitions whose wait is over.
    func due(_ now: ContinuousClock.Instant) -> [TopicPartition: Failure] {
        failures.filter { $0.value.retryAt.map { $0 <= now } ?? false }
    }

    /// Remembers one more failure; returns the wait.
    @discardableResult
    mutating func add(_ partition: TopicPartition, at offset: Int64, _ error: any Error) -> Failure {
        let known = failures[partition].flatMap { $0.offset == offset ? $0 : nil }
        let attempts = (known?.attempts ?? 0) + 1
        let failure = Failure(
            offset: offset,
            attempts: attempts,
            firstSeen: known?.firstSeen ?? .now,
            reason: "\(error)",
            isOutdated: error is any OutdatedHandlerState,
            retryAt: .now + backoff.delay(attempt: attempts)
        )
        failures[partition] = failure
        return failure
    }

    /// Waits once more, without counting it as an attempt.
    mutating func postpone(_ partition: TopicPartition) {
        guard let failure = failures[partition] else { return }
        failures[partition]?.retryAt = .now + backoff.delay(attempt: failure.attempts)
    }

    /// The partition is read again from where it failed.
    mutating func resume(_ partition: TopicPartition) { failures[partition]?.retryAt = nil }

    /// The partition was handled, or is another's now.
    mutating func clear(_ partition: TopicPartition) { failures[partition] = nil }
}
