import CRdKafka
import Executors

extension Consumer {
    /// Stops reading partitions until ``start(_:)``; what was fetched of them already is fetched again then.
    public func pause(_ partitions: Set<TopicPartition>) throws {
        try checkOpen("pause")
        guard !partitions.isEmpty else { return }
        try pausePartitions(PartitionList(partitions), of: handle.pointer)
    }

    /// Reads on at these offsets, in partitions that this member holds.
    ///
    /// - Returns: The partitions in which reading began; one that was given a moment ago may have to be asked for again.
    /// - Throws: ``KafkaError`` for a partition that is not held.
    public func start(_ offsets: [TopicPartition: Int64]) throws -> Set<TopicPartition> {
        try checkOpen("start")
        guard !offsets.isEmpty else { return [] }
        reachedEnds.forget(offsets.keys)
        let list = PartitionList(offsets)
        // Before the seek, which wakes librdkafka's thread for the broker: resuming does not, and costs a second then.
        try KafkaError.check(list.lend { rd_kafka_resume_partitions(handle.pointer, $0) }, in: "resume")
        try list.check(in: "resume")
        if let failure = list.lend({ rd_kafka_seek_partitions(handle.pointer, $0, 500) }) {
            let error = KafkaError(consuming: failure, in: "seek")
            // librdkafka 2.0 loses its own answer about a partition that changes in this moment.
            guard error.code == .timedOut else { throw error }
        }
        var started: Set<TopicPartition> = []
        try list.lend { list in
            for element in list.pointee.elements {
                switch element.err {
                case RD_KAFKA_RESP_ERR_NO_ERROR: started.insert(element.topicPartition)
                // Its fetcher has not started yet, or is starting in this moment.
                case RD_KAFKA_RESP_ERR__STATE, RD_KAFKA_RESP_ERR__OUTDATED, RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS,
                    RD_KAFKA_RESP_ERR__IN_PROGRESS:
                    continue
                case let code: try KafkaError.check(code, in: "seek \(element.topicPartition)")
                }
            }
        }
        let others = Set(offsets.keys).subtracting(started)
        if !others.isEmpty { try pausePartitions(PartitionList(others), of: handle.pointer) }
        return started
    }

    /// How far a partition's log was found to go, if it was read to its end: all records before were returned by polls.
    /// What ends transactions and what was aborted has offsets, too, so that this may lie behind the last record.
    public nonisolated func reachedEnd(of partition: TopicPartition) -> Int64? { reachedEnds[partition] }

    /// Gives up the partitions that the group wanted back (``Poll/revoked``): from now on they are others'.
    ///
    /// - Throws: ``KafkaError``.
    public func release(_ partitions: [TopicPartition]) throws {
        try checkOpen("release")
        try giveUp(partitions, handle.pointer)
    }

    /// What the brokers say of partitions: the group's commits, and the logs' ends.
    ///
    /// Waits for the brokers, some seconds for each of the two at most, beside the polls and after the questions before.
    ///
    /// - Throws: ``KafkaError``; `CancellationError`.
    public nonisolated func places(of partitions: [TopicPartition]) async throws -> [TopicPartition: Place] {
        guard !partitions.isEmpty else { return [:] }
        return try await questions.run {
            // Who stops does not wait for a question that has not been put yet.
            try Task.checkCancellation()
            let list = PartitionList(partitions)
            try KafkaError.check(list.lend { rd_kafka_committed(self.handle.pointer, $0, 5_000) }, in: "committed")
            try list.check(in: "committed")
            try Task.checkCancellation()
            let committed = list.offsets
            return try Kafka.ends(of: partitions, from: self.handle.pointer).reduce(into: [:]) { places, end in
                places[end.key] = Place(committed: committed[end.key], ends: end.value)
            }
        }
    }

    /// The logs' ends. Waits for the brokers, 8 s at most, beside the polls and after the questions before.
    ///
    /// - Throws: ``KafkaError``; `CancellationError`.
    public nonisolated func ends(of partitions: [TopicPartition]) async throws -> [TopicPartition: LogEnds] {
        guard !partitions.isEmpty else { return [:] }
        return try await questions.run {
            try Task.checkCancellation()
            return try Kafka.ends(of: partitions, from: self.handle.pointer)
        }
    }
}

/// What the brokers say of a partition.
public struct Place: Sendable, Hashable {
    /// The offset that the group reads next; `nil` when it has committed nothing yet.
    public let committed: Int64?
    /// Where its log begins and ends.
    public let ends: LogEnds
}

/// Where a partition's log begins and ends.
public struct LogEnds: Sendable, Hashable {
    /// The offset of the oldest record there is.
    public let low: Int64
    /// The offset behind the newest record.
    public let high: Int64
}
