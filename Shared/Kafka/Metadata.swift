import CRdKafka
import Glibc

/// What the brokers say of topics: which there are, and their partitions' numbers.
struct Metadata {
    /// By topic; topics with an error are not among them.
    let partitions: [String: [Int32]]
    /// What the brokers say instead of some topics, such as that this client may not see them.
    let failures: [String: KafkaError]
    /// The number of brokers that hold a copy of the topic's first partition.
    let replication: [String: Int]
    /// Partitions that no broker leads at present: nothing can be read from them or written to them.
    let leaderless: [TopicPartition]

    /// - Parameters:
    ///   - topic: Only this one; `nil` for all there are.
    ///   - client: A consumer: a producer's question would create the topic.
    ///   - timeout: How long the brokers may take.
    init(of topic: String? = nil, from client: OpaquePointer, within timeout: Duration = .seconds(10)) throws {
        var handle: OpaquePointer?
        if let topic {
            handle = rd_kafka_topic_new(client, topic, nil)
            guard handle != nil else { throw KafkaError(.init(rd_kafka_last_error()), in: "metadata of \(topic)") }
        }
        defer { if let handle { rd_kafka_topic_destroy(handle) } }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(client, topic == nil ? 1 : 0, handle, &answer, timeout.milliseconds)
        try KafkaError.check(code, in: "metadata")
        defer { rd_kafka_metadata_destroy(answer) }
        var partitions: [String: [Int32]] = [:]
        var replication: [String: Int] = [:]
        var leaderless: [TopicPartition] = []
        var failures: [String: KafkaError] = [:]
        if let answer = answer?.pointee {
            for topic in UnsafeBufferPointer(start: answer.topics, count: Int(answer.topic_cnt)) {
                let name = String(cString: topic.topic)
                guard topic.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
                    failures[name] = KafkaError(.init(topic.err), in: "metadata of \(name)")
                    continue
                }
                let parts = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
                partitions[name] = parts.map(\.id).sorted()
                replication[name] = parts.first.map { Int($0.replica_cnt) } ?? 0
                leaderless += parts.filter { $0.leader < 0 }.map { TopicPartition(topic: name, partition: $0.id) }
            }
        }
        self.partitions = partitions
        self.failures = failures
        self.replication = replication
        self.leaderless = leaderless
    }
}

/// Where partitions' logs begin and end, in one question for each end.
func ends(
    of partitions: [TopicPartition],
    from client: OpaquePointer,
    within timeout: Duration = .seconds(4)
) throws(KafkaError) -> [TopicPartition: LogEnds] {
    guard !partitions.isEmpty else { return [:] }
    let lows = try offsets(RD_KAFKA_OFFSET_BEGINNING, of: partitions, from: client, within: timeout)
    let highs = try offsets(RD_KAFKA_OFFSET_END, of: partitions, from: client, within: timeout)
    var ends: [TopicPartition: LogEnds] = [:]
    for partition in partitions {
        guard let low = lows[partition], let high = highs[partition] else {
            throw KafkaError(.timedOut, in: "ends of \(partition)")
        }
        ends[partition] = LogEnds(low: low, high: high)
    }
    return ends
}

private func offsets(
    _ which: Int32,
    of partitions: [TopicPartition],
    from client: OpaquePointer,
    within timeout: Duration
) throws(KafkaError) -> [TopicPartition: Int64] {
    let places = partitions.reduce(into: [TopicPartition: Int64]()) { $0[$1] = Int64(which) }
    return try offsets(at: places, from: client, within: timeout, in: "offsets")
}

/// The offsets at which partitions have something: moments in milliseconds since 1970, or their logs' ends as
/// librdkafka spells them. What a moving leader answers is asked again while there is time.
///
/// - Returns: Nothing of partitions that have no such offset.
func offsets(
    at places: [TopicPartition: Int64],
    from client: OpaquePointer,
    within limit: Duration,
    in operation: String
) throws(KafkaError) -> [TopicPartition: Int64] {
    let deadline = ContinuousClock.now + limit
    while true {
        do throws(KafkaError) {
            let list = PartitionList(places)
            let rest = max(.zero, deadline - .now).milliseconds
            let code = list.lend { rd_kafka_offsets_for_times(client, $0, rest) }
            try KafkaError.check(code, in: operation)
            try list.check(in: "\(operation) of")
            return list.offsets
        } catch {
            let hasTime = ContinuousClock.now + passingPause < deadline
            guard hasTime, KafkaError.passingCodes.contains(error.code) else { throw error }
            usleep(UInt32(passingPause.milliseconds) * 1_000)
        }
    }
}

/// From one question to the next while a leader moves.
private let passingPause = Duration.milliseconds(100)
