import CRdKafka

extension Admin {
    /// The names of all consumer groups, sorted.
    public func groups() throws -> [String] {
        let request = try request(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, "list groups")
        rd_kafka_ListConsumerGroups(handle.pointer, request.options, request.queue)
        return try request.answer { event in
            let result = rd_kafka_event_ListConsumerGroups_result(event)
            var count = 0
            if let error = rd_kafka_ListConsumerGroups_result_errors(result, &count), count > 0 {
                let code = KafkaError.Code(rd_kafka_error_code(error[0]))
                throw KafkaError(code, in: "list groups", reason: String(cString: rd_kafka_error_string(error[0])))
            }
            let listings = rd_kafka_ListConsumerGroups_result_valid(result, &count)
            return UnsafeBufferPointer(start: listings, count: count)
                .compactMap { rd_kafka_ConsumerGroupListing_group_id($0).map { String(cString: $0) } }
                .sorted()
        }
    }

    /// Deletes a group with its offsets. One that is not there is fine; one with members throws
    /// `nonEmptyGroup`.
    public func deleteGroup(_ name: String) throws {
        let request = try request(RD_KAFKA_ADMIN_OP_DELETEGROUPS, "delete group \(name)")
        var groups = [rd_kafka_DeleteGroup_new(name)]
        defer { for group in groups { rd_kafka_DeleteGroup_destroy(group) } }
        rd_kafka_DeleteGroups(handle.pointer, &groups, groups.count, request.options, request.queue)
        try request.answer { event in
            var count = 0
            let results = rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event), &count)
            try checkGroups(results, count, tolerating: [.unknownGroup], in: "delete group \(name)")
        }
    }

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

    /// Sets the offsets that the group reads next. Throws while the group has members.
    public func alterOffsets(group: String, _ offsets: [TopicPartition: Int64]) throws {
        guard !offsets.isEmpty else { return }
        let request = try request(RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, "alter offsets of \(group)")
        var changes = [PartitionList(offsets).lend { rd_kafka_AlterConsumerGroupOffsets_new(group, $0) }]
        defer { for change in changes { rd_kafka_AlterConsumerGroupOffsets_destroy(change) } }
        rd_kafka_AlterConsumerGroupOffsets(handle.pointer, &changes, changes.count, request.options, request.queue)
        try request.answer { event in
            var count = 0
            let result = rd_kafka_event_AlterConsumerGroupOffsets_result(event)
            let results = rd_kafka_AlterConsumerGroupOffsets_result_groups(result, &count)
            try checkGroups(results, count, in: "alter offsets of \(group)")
        }
    }
}
