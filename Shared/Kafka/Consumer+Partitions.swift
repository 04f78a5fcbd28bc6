import CRdKafka
import Glibc

extension Consumer {
    /// Stops reading partitions until ``resume(_:)``; what was fetched of them already is fetched
    /// again then. A partition that is taken and given again is not paused any more.
    public func pause(_ partitions: Set<TopicPartition>) throws {
        try checkOpen("pause")
        let list = PartitionList(partitions)
        try KafkaError.check(list.lend { rd_kafka_pause_partitions(handle.pointer, $0) }, in: "pause")
        try list.check(in: "pause")
    }

    /// Goes on reading paused partitions, behind the last record that a poll returned.
    public func resume(_ partitions: Set<TopicPartition>) throws {
        try checkOpen("resume")
        let list = PartitionList(partitions)
        try KafkaError.check(list.lend { rd_kafka_resume_partitions(handle.pointer, $0) }, in: "resume")
        try list.check(in: "resume")
    }

    /// Goes on reading at other offsets, in partitions that this member holds.
    public func seek(_ offsets: [TopicPartition: Int64]) throws {
        try checkOpen("seek")
        guard !offsets.isEmpty else { return }
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            let list = PartitionList(offsets)
            try KafkaError.check(list.lend { rd_kafka_seek_partitions(handle.pointer, $0, 10_000) }, in: "seek")
            // A partition just assigned cannot seek until its fetcher has started, nor in that moment.
            let isStarting = list.contains(RD_KAFKA_RESP_ERR__STATE) || list.contains(RD_KAFKA_RESP_ERR__OUTDATED)
            guard isStarting, ContinuousClock.now < deadline else {
                try list.check(in: "seek")
                return starts.merge(offsets) { $1 }
            }
            usleep(20_000)
        }
    }

    /// How many records of each held partition a poll has not returned yet.
    public func lag() throws -> [TopicPartition: Int64] {
        try checkOpen("lag")
        let held = try heldPartitions()
        guard !held.isEmpty else { return [:] }
        let next = try nextOffsets(of: held)
        var lag: [TopicPartition: Int64] = [:]
        for partition in held {
            let (low, high) = try watermarks(of: partition)
            lag[partition] = max(0, high - max(next[partition] ?? low, low))
        }
        return lag
    }

    private func heldPartitions() throws -> [TopicPartition] {
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        try KafkaError.check(rd_kafka_assignment(handle.pointer, &list), in: "assignment")
        guard let list else { return [] }
        return PartitionList(owning: list).partitions
    }

    /// Where reading goes on: behind the last record returned or where the caller said, or at the
    /// group's commit where there was neither yet.
    private func nextOffsets(of partitions: [TopicPartition]) throws -> [TopicPartition: Int64] {
        let read = PartitionList(partitions)
        try KafkaError.check(read.lend { rd_kafka_position(handle.pointer, $0) }, in: "position")
        let positions = read.offsets.merging(starts) { $1 }
        let unread = partitions.filter { positions[$0] == nil }
        guard !unread.isEmpty else { return positions }
        let committed = PartitionList(unread)
        try KafkaError.check(committed.lend { rd_kafka_committed(handle.pointer, $0, 10_000) }, in: "committed")
        return positions.merging(committed.offsets) { position, _ in position }
    }

    /// The partition's ends as the last fetch saw them; asks the broker when there was none yet.
    private func watermarks(of partition: TopicPartition) throws -> (low: Int64, high: Int64) {
        let (topic, number) = (partition.topic, partition.partition)
        var (low, high) = (Int64(-1), Int64(-1))
        rd_kafka_get_watermark_offsets(handle.pointer, topic, number, &low, &high)
        if low >= 0, high >= 0 { return (low, high) }
        let code = rd_kafka_query_watermark_offsets(handle.pointer, topic, number, &low, &high, 10_000)
        try KafkaError.check(code, in: "watermarks of \(partition)")
        return (low, high)
    }
}
