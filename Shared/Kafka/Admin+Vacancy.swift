import CRdKafka

extension Admin {
    /// Those of the ranges of offsets in which a reader finds no record: what ends transactions and what was aborted
    /// have offsets, too. A range of which the brokers do not tell in time is not among them.
    ///
    /// Each range is read up to its first record, by a client of its own.
    ///
    /// - Parameter limit: How long it may take.
    public func vacant(
        _ ranges: [TopicPartition: Range<Int64>],
        within limit: Duration = .seconds(10)
    ) throws -> Set<TopicPartition> {
        try checkOpen("look for records")
        guard !ranges.isEmpty else { return [] }
        let reading = try ClientSettings(
            // Little, as one record is enough, and soon.
            defaults: ["fetch.message.max.bytes": "65536", "fetch.wait.max.ms": "50"],
            given: settings,
            required: BroadcastConsumer.required
        )
        let reader = try ClientHandle(.consumer, settings: reading, context: ClientContext(logger: logger))
        try KafkaError.check(rd_kafka_poll_set_consumer(reader.pointer), in: "look for records")
        let starts = PartitionList(ranges.mapValues(\.lowerBound))
        try KafkaError.check(starts.lend { rd_kafka_assign(reader.pointer, $0) }, in: "look for records")
        var search = VacancySearch(ranges)
        let deadline = ContinuousClock.now + limit
        while !search.isOver, ContinuousClock.now < deadline, !Task.isCancelled {
            guard let message = rd_kafka_consumer_poll(reader.pointer, 100) else { continue }
            search.take(message)
            rd_kafka_message_destroy(message)
        }
        rd_kafka_consumer_close(reader.pointer)
        return search.vacant
    }
}

/// What is known of ranges of offsets while they are read.
private struct VacancySearch {
    private(set) var vacant: Set<TopicPartition> = []
    private var open: [TopicPartition: Range<Int64>]

    init(_ ranges: [TopicPartition: Range<Int64>]) { open = ranges }

    var isOver: Bool { open.isEmpty }

    mutating func take(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        guard let topic = message.pointee.rkt.map({ String(cString: rd_kafka_topic_name($0)) }) else { return }
        let partition = TopicPartition(topic: topic, partition: message.pointee.partition)
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR__PARTITION_EOF:
            guard let range = open[partition], message.pointee.offset >= range.lowerBound else { return }
            if message.pointee.offset >= range.upperBound {
                vacant.insert(partition)
            } else if message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF {
                // The log's end as this broker knows it: it comes again once there is more.
                return
            }
            open[partition] = nil
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED: open = open.filter { $0.key.topic != topic }
        default: return
        }
    }
}
