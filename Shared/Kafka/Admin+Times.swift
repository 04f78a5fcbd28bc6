import CRdKafka

extension Admin {
    /// The first records that were written at a moment or later, by partition: their offsets. A partition without such a
    /// record is not in the answer.
    ///
    /// - Parameter times: Milliseconds since 1970.
    public func offsets(at times: [TopicPartition: Int64]) throws -> [TopicPartition: Int64] {
        try checkOpen("offsets by time")
        guard !times.isEmpty else { return [:] }
        let list = PartitionList(times)
        let timeout = Duration.seconds(10).milliseconds
        let code = list.lend { rd_kafka_offsets_for_times(handle.pointer, $0, timeout) }
        try KafkaError.check(code, in: "offsets by time")
        try list.check(in: "offsets by time of")
        return list.offsets
    }
}
