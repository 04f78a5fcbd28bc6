/// How far a consumer group is behind on a topic.
public struct GroupLag: Sendable, Equatable {
    /// The consumer, as the catalogue names it.
    public let consumer: String
    /// The topic's name on the broker.
    public let topic: String
    /// Whether the group has read anything of it.
    public let hasRead: Bool
    /// Each partition, by its number.
    public let partitions: [PartitionLag]

    /// One group's.
    public init(consumer: String, topic: String, hasRead: Bool, partitions: [PartitionLag]) {
        self.consumer = consumer
        self.topic = topic
        self.hasRead = hasRead
        self.partitions = partitions
    }

    /// How many messages wait.
    public var messages: Int64 { partitions.reduce(0) { $0 + $1.messages } }

    /// How many seconds ago the oldest of them was written; nil where none waits, or the brokers do not tell.
    public var seconds: Double? { partitions.compactMap(\.seconds).max() }
}

/// How far a consumer group is behind on a partition.
public struct PartitionLag: Sendable, Equatable {
    /// The partition's number.
    public let partition: Int32
    /// How many messages wait.
    public let messages: Int64
    /// How many seconds ago the oldest of them was written; nil where none waits, or the brokers do not tell.
    public let seconds: Double?

    /// One partition's.
    public init(partition: Int32, messages: Int64, seconds: Double?) {
        self.partition = partition
        self.messages = messages
        self.seconds = seconds
    }
}
