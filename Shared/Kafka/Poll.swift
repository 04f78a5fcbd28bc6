/// What one poll saw.
public struct Poll: Sendable {
    /// In each partition's order; never of a partition that this poll saw revoked.
    public let records: [Record]
    /// The partitions that the group newly gave to this member; nothing is read of them before ``Consumer/start(_:)``.
    public let assigned: [TopicPartition]
    /// The partitions that the group wants back; it waits for ``Consumer/release(_:)``.
    public let revoked: [TopicPartition]
    /// The last thing that librdkafka complained of, and goes on trying.
    public let trouble: KafkaError?

    /// Makes a poll's result by hand, for tests of what handles it.
    public init(
        records: [Record] = [],
        assigned: [TopicPartition] = [],
        revoked: [TopicPartition] = [],
        trouble: KafkaError? = nil
    ) {
        self.records = records
        self.assigned = assigned
        self.revoked = revoked
        self.trouble = trouble
    }

    /// The records by partition, the partitions in order of appearance.
    public var batches: [PartitionBatch] {
        var places: [TopicPartition: Int] = [:]
        var groups: [(partition: TopicPartition, records: [Record])] = []
        var last: (partition: TopicPartition, place: Int)?
        for record in records {
            let partition = record.position.topicPartition
            let place: Int
            if let last, last.partition == partition {
                place = last.place
            } else if let known = places[partition] {
                place = known
            } else {
                place = groups.count
                places[partition] = place
                groups.append((partition, []))
            }
            last = (partition, place)
            groups[place].records.append(record)
        }
        return groups.map { PartitionBatch(partition: $0.partition, records: $0.records) }
    }
}

/// Records of one partition, in its order.
public struct PartitionBatch: Sendable {
    /// Where all of them lie.
    public let partition: TopicPartition
    /// By rising offset.
    public let records: [Record]

    /// Makes a batch by hand, for tests of what handles it.
    public init(partition: TopicPartition, records: [Record]) {
        self.partition = partition
        self.records = records
    }
}
