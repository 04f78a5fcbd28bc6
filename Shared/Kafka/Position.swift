/// One partition of one topic.
public struct TopicPartition: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The topic's name.
    public var topic: String
    /// Counted from 0.
    public var partition: Int32

    /// Names a partition, whether it exists or not.
    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// By topic, then by number.
    public static func < (left: Self, right: Self) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }

    /// As `topic[partition]`.
    public var description: String { "\(topic)[\(partition)]" }
}

/// Where a record lies: its topic, partition and offset.
public struct Position: Hashable, Sendable, CustomStringConvertible {
    /// The topic's name.
    public var topic: String
    /// Counted from 0.
    public var partition: Int32
    /// The record's place in the partition.
    public var offset: Int64

    /// Names a place, whether a record lies there or not.
    public init(topic: String, partition: Int32, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }

    /// The place without the offset.
    public var topicPartition: TopicPartition { TopicPartition(topic: topic, partition: partition) }

    /// As `topic[partition]@offset`.
    public var description: String { "\(topic)[\(partition)]@\(offset)" }
}

/// Where to start reading a partition.
public enum Offset: Sendable, Hashable {
    /// The group's commit; without one, the beginning.
    case stored
    /// The oldest record there is.
    case beginning
    /// Behind the newest record.
    case end
    /// The record with this offset; when it is gone, the oldest there is.
    case at(Int64)
}
