public import Failures
public import Kafka
public import Logging

/// How many records of a batch were set aside, by reason: one line of the log, however many they are.
public struct ReasonCounts: Sendable, Equatable {
    private var counts: [String: Int] = [:]

    /// None yet.
    public init() {}

    /// Of all reasons together.
    public var total: Int { counts.values.reduce(0, +) }

    /// Counts a record.
    public mutating func add(_ cause: RejectionCause) { counts[cause.code, default: 0] += 1 }

    /// Logs them, unless there are none.
    public func log(of partition: TopicPartition, to logger: Logger) {
        guard !counts.isEmpty else { return }
        logger.warning(
            "records are set aside",
            metadata: [
                "partition": "\(partition)", "count": "\(total)",
                "reasons": .dictionary(counts.mapValues { "\($0)" }),
            ]
        )
    }
}
