import CRdKafka

/// What the brokers say of topics: which there are, and their partitions' numbers.
struct Metadata {
    /// By topic; topics with an error are not among them.
    let partitions: [String: [Int32]]
    /// The number of brokers that hold a copy of the topic's first partition.
    let replication: [String: Int]
    /// Partitions that no broker leads at present: nothing can be read from them or written to them.
    let leaderless: [TopicPartition]

    /// - Parameters:
    ///   - topic: Only this one; `nil` for all there are.
    ///   - client: A consumer: a producer's question would create the topic.
    init(of topic: String? = nil, from client: OpaquePointer) throws {
        var handle: OpaquePointer?
        if let topic {
            handle = rd_kafka_topic_new(client, topic, nil)
            guard handle != nil else { throw KafkaError(.init(rd_kafka_last_error()), in: "metadata of \(topic)") }
        }
        defer { if let handle { rd_kafka_topic_destroy(handle) } }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(client, topic == nil ? 1 : 0, handle, &answer, 10_000)
        try KafkaError.check(code, in: "metadata")
        defer { rd_kafka_metadata_destroy(answer) }
        var partitions: [String: [Int32]] = [:]
        var replication: [String: Int] = [:]
        var leaderless: [TopicPartition] = []
        if let answer = answer?.pointee {
            for topic in UnsafeBufferPointer(start: answer.topics, count: Int(answer.topic_cnt))
            where topic.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                let name = String(cString: topic.topic)
                let parts = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
                partitions[name] = parts.map(\.id).sorted()
                replication[name] = parts.first.map { Int($0.replica_cnt) } ?? 0
                leaderless += parts.filter { $0.leader < 0 }.map { TopicPartition(topic: name, partition: $0.id) }
            }
        }
        self.partitions = partitions
        self.replication = replication
        self.leaderless = leaderless
    }
}

/// Which end of a partition is meant.
enum End {
    case beginning, end
}

/// The offsets at one end of partitions, of those that could be asked.
func offsets(at end: End, of partitions: [TopicPartition], from client: OpaquePointer) throws -> [TopicPartition: Int64]
{
    var offsets: [TopicPartition: Int64] = [:]
    for partition in partitions {
        var (low, high) = (Int64(0), Int64(0))
        let (topic, number) = (partition.topic, partition.partition)
        let code = rd_kafka_query_watermark_offsets(client, topic, number, &low, &high, 10_000)
        try KafkaError.check(code, in: "offsets of \(partition)")
        offsets[partition] = end == .end ? high : low
    }
    return offsets
}
