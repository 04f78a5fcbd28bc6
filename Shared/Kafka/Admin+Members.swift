import CRdKafka

extension Admin {
    /// Who is in a group; nobody where there is no such group.
    ///
    /// - Throws: ``KafkaError``, with `isUnsupported` where the brokers do not tell.
    public func members(of group: String) throws -> GroupMembers {
        let operation = "members of \(group)"
        let request = try request(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, operation)
        let (options, queue) = (request.options, request.queue)
        group.withCString { name in
            var names: [UnsafePointer<CChar>?] = [name]
            rd_kafka_DescribeConsumerGroups(handle.pointer, &names, names.count, options, queue)
        }
        return try request.answer { event in
            var count = 0
            let result = rd_kafka_event_DescribeConsumerGroups_result(event)
            let groups = rd_kafka_DescribeConsumerGroups_result_groups(result, &count)
            guard let groups, count > 0, let description = groups[0] else {
                return GroupMembers(count: 0, isStable: false, partitions: [])
            }
            if let error = rd_kafka_ConsumerGroupDescription_error(description),
                rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR
            {
                let reason = rd_kafka_error_string(error).map { String(cString: $0) }
                throw KafkaError(.init(rd_kafka_error_code(error)), in: operation, reason: reason)
            }
            return GroupMembers(description)
        }
    }
}

/// The members of a group, as the brokers count them: a static one that stopped is one until its session ends.
public struct GroupMembers: Sendable, Hashable {
    /// How many there are.
    public let count: Int
    /// Whether they agree on who has what.
    public let isStable: Bool
    /// The partitions that one of them has.
    public let partitions: Set<TopicPartition>

    /// Describes members by hand, for tests of what asks for them.
    public init(count: Int, isStable: Bool, partitions: Set<TopicPartition>) {
        self.count = count
        self.isStable = isStable
        self.partitions = partitions
    }

    fileprivate init(_ description: OpaquePointer) {
        count = rd_kafka_ConsumerGroupDescription_member_count(description)
        isStable = rd_kafka_ConsumerGroupDescription_state(description) == RD_KAFKA_CONSUMER_GROUP_STATE_STABLE
        var partitions: Set<TopicPartition> = []
        for index in 0..<count {
            guard let member = rd_kafka_ConsumerGroupDescription_member(description, index),
                let assignment = rd_kafka_MemberDescription_assignment(member),
                let list = rd_kafka_MemberAssignment_partitions(assignment)
            else { continue }
            partitions.formUnion(list.pointee.partitions)
        }
        self.partitions = partitions
    }
}
