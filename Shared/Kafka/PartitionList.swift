import CRdKafka

/// Sole owner of one `rd_kafka_topic_partition_list_t`.
struct PartitionList: ~Copyable {
    private let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(topics: [String]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: topics.count))
        for topic in topics {
            rd_kafka_topic_partition_list_add(pointer, topic, RD_KAFKA_PARTITION_UA)
        }
    }

    init(_ partitions: some Collection<TopicPartition>) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
        for partition in partitions {
            rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
        }
    }

    init(_ offsets: [TopicPartition: Int64]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count))
        for (partition, offset) in offsets {
            rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition).pointee.offset = offset
        }
    }

    /// Takes over a list that librdkafka made for us.
    init(owning pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
        self.pointer = pointer
    }

    /// Lends out the list; it lives at least until `body` returns.
    borrowing func lend<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(pointer)
    }

    /// Throws the first partition's error.
    borrowing func check(in operation: String) throws(KafkaError) {
        for element in pointer.pointee.elements {
            let name = String(cString: element.topic)
            try KafkaError.check(element.err, in: "\(operation) \(name)[\(element.partition)]")
        }
    }

    /// Whether a partition's error is this one.
    borrowing func contains(_ code: rd_kafka_resp_err_t) -> Bool {
        pointer.pointee.elements.contains { $0.err == code }
    }

    /// All partitions, in the list's order.
    var partitions: [TopicPartition] { pointer.pointee.partitions }

    /// The offsets of the partitions that have one.
    var offsets: [TopicPartition: Int64] { pointer.pointee.offsets }

    deinit {
        rd_kafka_topic_partition_list_destroy(pointer)
    }
}

extension rd_kafka_topic_partition_list_t {
    var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeMutableBufferPointer(start: elems, count: Int(cnt))
    }

    var partitions: [TopicPartition] { elements.map(\.topicPartition) }

    /// The offsets of the partitions that have one; the negative ones say that there is none.
    var offsets: [TopicPartition: Int64] {
        var offsets: [TopicPartition: Int64] = [:]
        for element in elements where element.offset >= 0 && element.err == RD_KAFKA_RESP_ERR_NO_ERROR {
            offsets[element.topicPartition] = element.offset
        }
        return offsets
    }
}

extension rd_kafka_topic_partition_t {
    var topicPartition: TopicPartition { TopicPartition(topic: String(cString: topic), partition: partition) }
}

extension Offset {
    /// As librdkafka's assignments spell it.
    var rawValue: Int64 {
        switch self {
        case .stored: Int64(RD_KAFKA_OFFSET_INVALID)
        case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .end: Int64(RD_KAFKA_OFFSET_END)
        case .at(let offset): max(0, offset)
        }
    }
}

extension Duration {
    /// Whole milliseconds, for librdkafka's timeouts: never negative, which would mean for ever.
    var milliseconds: Int32 {
        Int32(clamping: max(0, Int64((self / .milliseconds(1)).rounded(.up))))
    }
}
