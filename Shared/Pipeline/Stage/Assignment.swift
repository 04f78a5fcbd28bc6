import Kafka
import Runtime

/// The partitions that a member holds, and those that wait for the handler to say where to start.
struct Assignment {
    private let backoff: Backoff
    private var accepted: Set<TopicPartition> = []
    private var asked: [TopicPartition] = []
    private var attempts = 0

    /// When to ask the handler again.
    private(set) var nextAttempt: ContinuousClock.Instant?
    /// Why the handler could not say.
    private(set) var reason: String?

    init(backoff: Backoff) { self.backoff = backoff }

    /// The partitions that are read.
    var held: [TopicPartition] { accepted.sorted() }

    /// The group gave partitions.
    mutating func ask(_ partitions: [TopicPartition]) {
        guard !partitions.isEmpty else { return }
        asked += partitions
        (nextAttempt, attempts) = (.now, 0)
    }

    /// The partitions to ask the handler about now.
    func due(_ now: ContinuousClock.Instant) -> [TopicPartition]? {
        guard let nextAttempt, nextAttempt <= now, !asked.isEmpty else { return nil }
        return asked
    }

    /// The consumer reads what was asked about.
    mutating func accept() {
        accepted.formUnion(asked)
        asked = []
        (nextAttempt, reason) = (nil, nil)
    }

    /// The handler could not say; it is asked again later.
    mutating func postpone(_ error: any Error) {
        attempts += 1
        nextAttempt = .now + backoff.delay(attempt: attempts)
        reason = "\(error)"
    }

    /// The group took partitions.
    mutating func remove(_ partitions: [TopicPartition]) {
        accepted.subtract(partitions)
        asked.removeAll(where: partitions.contains)
        if asked.isEmpty { (nextAttempt, reason) = (nil, nil) }
    }
}
