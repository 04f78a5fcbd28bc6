import CRdKafka
import Dispatch
public import Kafka

/// An in-process Kafka: librdkafka's own mock cluster, on loopback.
///
/// Knows topics, groups, commits and idempotent producers; knows nothing of compaction, keeps
/// some 5 MB a partition, and answers no admin requests. A group's first join takes 3 s.
///
/// The mock's calls may come from any thread: each is an operation that its own thread takes
/// from a queue (`rdkafka_mock.c`), which is what `@unchecked Sendable` records.
public final class MockCluster: @unchecked Sendable {
    private let owner: OpaquePointer
    private let cluster: OpaquePointer
    /// The brokers' ids: 1 and up.
    private let brokers: ClosedRange<Int32>

    /// What a client sets as `bootstrap.servers`.
    public let bootstrapServers: String

    /// Starts a cluster; it stops when it is let go.
    public init(brokers: Int32 = 1) {
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set(configuration, "log_level", "3", nil, 0)
        owner = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0)!
        cluster = rd_kafka_mock_cluster_new(owner, brokers)!
        self.brokers = 1...brokers
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    }

    /// Stopping waits for the cluster's thread, so it happens off the cooperative pool.
    deinit {
        nonisolated(unsafe) let (cluster, owner) = (cluster, owner)
        DispatchQueue(label: "kafka.mock").async {
            rd_kafka_mock_cluster_destroy(cluster)
            rd_kafka_destroy(owner)
        }
    }

    /// What a client of this cluster needs at least.
    public var settings: [String: String] { ["bootstrap.servers": bootstrapServers] }

    /// Creates a topic with a copy on every broker.
    public func createTopic(_ name: String, partitions: Int32 = 1) throws {
        let code = rd_kafka_mock_topic_create(cluster, name, partitions, brokers.upperBound)
        try check(code, "create \(name)")
    }

    /// Has the brokers answer with `code` whenever they are asked for the topic.
    public func failTopic(_ name: String, with code: KafkaError.Code) {
        rd_kafka_mock_topic_set_error(cluster, name, rd_kafka_resp_err_t(rawValue: code.rawValue))
    }

    /// Leaves a partition without a leader, so that nothing can be read from it or written to it.
    public func takeLeader(of topic: String, partition: Int32) throws {
        try check(rd_kafka_mock_partition_set_leader(cluster, topic, partition, -1), "take a leader")
    }

    /// Makes the first broker a partition's leader.
    public func giveLeader(to topic: String, partition: Int32) throws {
        try check(rd_kafka_mock_partition_set_leader(cluster, topic, partition, brokers.lowerBound), "give a leader")
    }

    /// Takes brokers off the network: their connections break, new ones are refused.
    public func stopBrokers() throws {
        for broker in brokers { try check(rd_kafka_mock_broker_set_down(cluster, broker), "stop a broker") }
    }

    /// Brings brokers back, with all they had.
    public func startBrokers() throws {
        for broker in brokers { try check(rd_kafka_mock_broker_set_up(cluster, broker), "start a broker") }
    }

    /// Takes one broker off the network: its connections break, new ones are refused.
    public func stopBroker(_ broker: Int32) throws {
        try check(rd_kafka_mock_broker_set_down(cluster, broker), "stop a broker")
    }

    /// Brings one broker back, with all it had.
    public func startBroker(_ broker: Int32) throws {
        try check(rd_kafka_mock_broker_set_up(cluster, broker), "start a broker")
    }

    /// Makes a broker the leader of a partition.
    public func setLeader(of partition: TopicPartition, to broker: Int32) throws {
        let code = rd_kafka_mock_partition_set_leader(cluster, partition.topic, partition.partition, broker)
        try check(code, "lead \(partition)")
    }

    /// Makes a broker the coordinator of a group.
    public func setCoordinator(of group: String, to broker: Int32) throws {
        try check(rd_kafka_mock_coordinator_set(cluster, "group", group, broker), "coordinate \(group)")
    }

    /// Lets every answer come that much later: an hour is a broker that takes everything and answers nothing.
    public func delayAnswers(by delay: Duration) throws {
        let milliseconds = Int32(delay / .milliseconds(1))
        for broker in brokers {
            try check(rd_kafka_mock_broker_set_rtt(cluster, broker, milliseconds), "delay a broker")
        }
    }

    /// Answers the next requests of that kind with these errors, one each.
    public func pushErrors(_ request: Request, _ codes: [KafkaError.Code]) {
        let codes = codes.map { rd_kafka_resp_err_t(rawValue: $0.rawValue) }
        rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, codes.count, codes)
    }

    /// Forgets the errors that were not given yet.
    public func clearErrors(_ request: Request) {
        rd_kafka_mock_clear_request_errors(cluster, request.rawValue)
    }

    private func check(_ code: rd_kafka_resp_err_t, _ operation: String) throws {
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw MockClusterError(operation: operation) }
    }
}

extension MockCluster {
    /// A kind of request, by Kafka's protocol number.
    public enum Request: Int16, Sendable {
        case produce = 0
        case fetch = 1
        case listOffsets = 2
        case metadata = 3
        case offsetCommit = 8
        case offsetFetch = 9
        case findCoordinator = 10
        case joinGroup = 11
        case heartbeat = 12
        case syncGroup = 14
        case initProducerId = 22
    }
}

/// The mock refused a change to itself.
public struct MockClusterError: Error, CustomStringConvertible {
    /// What was attempted.
    public let operation: String

    /// What was attempted.
    public var description: String { "the mock cluster could not \(operation)" }
}
