extension Admin {
    /// The first records that were written at a moment or later, by partition: their offsets. A partition without such
    /// a record is not in the answer. What ends a transaction is taken for a record, too, by some brokers.
    ///
    /// - Parameter times: Milliseconds since 1970.
    public func offsets(at times: [TopicPartition: Int64]) throws -> [TopicPartition: Int64] {
        try checkOpen("offsets by time")
        guard !times.isEmpty else { return [:] }
        return try Kafka.offsets(at: times, from: handle.pointer, within: .seconds(10), in: "offsets by time")
    }
}
