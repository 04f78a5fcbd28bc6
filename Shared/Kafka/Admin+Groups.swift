import CRdKafka

extension Admin {
    /// The offsets that the group reads next, of the partitions it has committed in.
    public func committedOffsets(group: String) throws -> [TopicPartition: Int64] {
        let request = try request(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, "offsets of \(group)")
        var questions = [rd_kafka_ListConsumerGroupOffsets_new(group, nil)]
        defer { for question in questions { rd_kafka_ListConsumerGroupOffsets_destroy(question) } }
        rd_kafka_ListConsumerGroupOffsets(handle.pointer, &questions, questions.count, request.options, request.queue)
        return try request.answer { event in
            var count = 0
            let result = rd_kafka_event_ListConsumerGroupOffsets_result(event)
            let results = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count)
            try checkGroups(results, count, in: "offsets of \(group)")
            guard let results, count > 0 else { return [:] }
            return rd_kafka_group_result_partitions(results[0])?.pointee.offsets ?? [:]
        }
    }
}
