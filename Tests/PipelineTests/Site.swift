import Kafka
import KafkaTesting
import Logging
import Messages
import Pipeline
import Runtime
import ServiceLifecycle

/// Where tests run stages: a mock cluster of their own, or a real broker under a prefix of their own.
struct Site {
    static let stage = "wecom-fetcher"
    static let commands = TopicCatalogue.commands

    let cluster: MockCluster?
    let namespace: TopicNamespace
    let kafka: [String: String]
    let producer: Producer
    /// One that waits for the brokers as long as in production.
    let slowProducer: Producer

    private init(_ cluster: MockCluster?, _ namespace: TopicNamespace, _ kafka: [String: String]) throws {
        self.cluster = cluster
        self.namespace = namespace
        self.kafka = kafka
        let quick = kafka.merging(["delivery.timeout.ms": cluster == nil ? "30000" : "1000"]) { $1 }
        producer = try Producer(settings: quick, logger: Broker.quiet)
        slowProducer = try Producer(settings: kafka, logger: Broker.quiet)
    }

    var topic: String { namespace.name(of: Self.commands) }
    var deadTopic: String { DeadLetters.topic(of: topic, stage: Self.stage) }
    var group: String { namespace.group(Self.stage) }

    var settings: StageSettings {
        var settings = StageSettings(kafka: kafka, namespace: namespace)
        settings.backoff = Backoff(first: .milliseconds(100), limit: .milliseconds(300))
        settings.lookInterval = .seconds(2)
        return settings
    }

    /// A mock cluster, for outages, after which clients are back at once; a group's first join takes 3 s there.
    static func mock(partitions: Int32 = 1, brokers: Int32 = 1) throws -> Site {
        let cluster = MockCluster(brokers: brokers)
        let quick = [
            "session.timeout.ms": "4000", "heartbeat.interval.ms": "500", "reconnect.backoff.max.ms": "200",
        ]
        let site = try Site(cluster, .none, cluster.settings.merging(quick) { $1 })
        for name in [site.topic, site.namespace.name(of: TopicCatalogue.configuration)] {
            try cluster.createTopic(name, partitions: partitions)
        }
        try cluster.createTopic(site.deadTopic)
        return site
    }

    /// The real broker, with topics that are deleted afterwards.
    static func broker(partitions: Int32 = 1, _ body: (Site) async throws -> Void) async throws {
        let prefix = Broker.uniqueName("stage") + "."
        guard let namespace = TopicNamespace(prefix) else { return }
        let site = try Site(nil, namespace, Broker.settings)
        let topics = [
            (commands, partitions), (commands.deadLetters(of: stage), 1), (TopicCatalogue.configuration, partitions),
        ].map { $0.0.specification(in: namespace, partitions: $0.1, durability: .singleBroker) }
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders(topics)
        do {
            try await body(site)
        } catch {
            try? await admin.delete(afterUse: topics.map(\.name))
            try? await admin.close()
            throw error
        }
        try await admin.delete(afterUse: topics.map(\.name))
        try await admin.close()
    }

    func makeStage(
        _ handler: some StageHandler,
        settings: StageSettings? = nil,
        producer: Producer? = nil,
        readiness: Readiness? = nil,
        after table: ConfigurationTable? = nil
    ) -> Stage {
        Stage(
            name: Self.stage,
            topics: [Self.commands],
            handler: handler,
            settings: settings ?? self.settings,
            producer: producer ?? self.producer,
            readiness: readiness,
            after: table,
            logger: Broker.quiet
        )
    }

    /// Writes numbers as text, with a few keys, and says where each one lies.
    @discardableResult
    func write(_ numbers: Range<Int>) async throws -> [Position] {
        try await producer.send(
            numbers.map { OutgoingRecord(topic: topic, key: "key \($0 % 8)", value: Array("\($0)".utf8)) }
        )
    }

    func committed() async throws -> [TopicPartition: Int64] {
        let admin = try Admin(settings: kafka, logger: Broker.quiet)
        let offsets = try await admin.committedOffsets(group: group)
        try await admin.close()
        return offsets
    }

    /// The records of a topic, once there are that many.
    func records(in topic: String, count: Int) async throws -> [Record] {
        let reader = try BroadcastConsumer(topics: [topic], from: .beginning, settings: kafka, logger: Broker.quiet)
        var records: [Record] = []
        try await eventually("\(count) records in \(topic)") {
            records += try await reader.next(upTo: 1_000, patience: .milliseconds(200))
            return records.count >= count
        }
        try await reader.close()
        return records
    }
}

extension KafkaError.Code {
    static let none = Self(rawValue: 0)
    static let groupNotAuthorized = Self(rawValue: 30)
}

/// Runs services while `body` runs, then stops them gracefully.
func running<Result: Sendable>(_ services: [any Service], _ body: () async throws -> Result) async throws -> Result {
    let group = ServiceGroup(services: services, logger: Broker.quiet)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let result = try await body()
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return result
    }
}
