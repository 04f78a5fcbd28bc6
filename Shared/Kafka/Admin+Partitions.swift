import CRdKafka

extension Admin {
    /// Gives a topic more partitions. What has a key may lie in another one from then on.
    ///
    /// - Parameter partitions: How many it has then: more than it has now.
    public func grow(_ topic: String, to partitions: Int32) throws {
        let request = try request(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, "grow topic")
        let reason = ReasonBuffer()
        guard
            var growth = rd_kafka_NewPartitions_new(topic, Int(partitions), reason.start, reason.count).map(
                Optional.some
            )
        else { throw KafkaError(.invalidConfiguration, in: "grow topic \(topic)", reason: reason.text) }
        defer { rd_kafka_NewPartitions_destroy(growth) }
        rd_kafka_CreatePartitions(handle.pointer, &growth, 1, request.options, request.queue)
        try request.answer { event in
            var count = 0
            let results = rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event), &count)
            try checkTopics(results, count, tolerating: [], in: "grow topic")
        }
    }
}
