public import Kafka

/// A partition that the group gave to this member, and what the brokers say of it at this moment.
public struct AssignedPartition: Sendable, Hashable {
    /// Which one.
    public let partition: TopicPartition
    /// The offset that the group reads next; `nil` when it has committed nothing yet.
    public let committed: Int64?
    /// The offset of the oldest record there is.
    public let low: Int64
    /// The offset behind the newest record.
    public let high: Int64
    /// Whether the log was declared to be another one (`STAGE_START_ANEW`): reading starts at its beginning, and
    /// whatever position the handler keeps of its own is void and has to be set back.
    public let startsAnew: Bool

    /// Describes a partition; made by the stage, and by tests of handlers.
    public init(
        _ partition: TopicPartition,
        committed: Int64? = nil,
        low: Int64 = 0,
        high: Int64 = .max,
        startsAnew: Bool = false
    ) {
        self.partition = partition
        self.committed = committed
        self.low = low
        self.high = high
        self.startsAnew = startsAnew
    }
}
