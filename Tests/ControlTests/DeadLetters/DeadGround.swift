import DeadLetterTesting
import Failures
import Kafka
import KafkaTesting
import Logging
import Messages
import Pipeline
import Runtime
import ServiceLifecycle
import Testing

@testable import Control

/// Topics of a test's own with their dead letters, and a stage that reads one of them.
struct DeadGround {
    static let stage = "wecom-fetcher"

    let namespace: TopicNamespace
    let producer: Producer

    var topic: String { namespace.name(of: TopicCatalogue.commands) }
    var deadTopic: String { DeadLetters.topic(of: topic, stage: Self.stage) }
    var environment: [String: String] {
        [
            "KAFKA_BOOTSTRAP_SERVERS": Broker.bootstrapServers ?? "", "TOPIC_PREFIX": namespace.prefix,
            "KAFKA_DEVELOPMENT_BROKER": Broker.settings["development.broker"] ?? "false",
        ]
    }

    static func with(_ body: (DeadGround) async throws -> Void) async throws {
        let namespace = try #require(TopicNamespace(Broker.uniqueName("dead") + "."))
        let ground = DeadGround(
            namespace: namespace,
            producer: try Producer(settings: Broker.settings, logger: Broker.quiet)
        )
        let topics = [TopicCatalogue.commands, TopicCatalogue.commands.deadLetters(of: stage)].map {
            $0.specification(in: namespace, partitions: 2, durability: .singleBroker)
        }
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders(topics)
        do {
            try await body(ground)
        } catch {
            try? await admin.delete(afterUse: topics.map(\.name))
            try? await admin.close()
            throw error
        }
        try await admin.delete(afterUse: topics.map(\.name))
        try await admin.close()
    }

    /// Runs a stage of a handler while `body` runs.
    func reading(by handler: some StageHandler, _ body: () async throws -> Void) async throws {
        let stage = Stage(
            name: Self.stage,
            topics: [TopicCatalogue.commands],
            handler: handler,
            settings: StageSettings(kafka: Broker.settings, namespace: namespace),
            producer: producer,
            logger: Broker.quiet
        )
        let group = ServiceGroup(services: [stage], logger: Broker.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Writes records, and their letters without any stage.
    func bury(_ records: [OutgoingRecord], as refusal: ReaderRefusal = .noRun) async throws {
        let positions = try await producer.send(records)
        let rejections = zip(records, positions).map { record, position in
            Rejection(
                record: Record(
                    position: position,
                    key: record.key.map { Array($0.utf8) },
                    value: record.value,
                    headers: record.headers
                ),
                reason: "in particular",
                cause: RejectionCause(refusal)
            )
        }
        try await DeadLetters(stage: Self.stage, producer: producer).send(rejections, attempts: 1, firstSeen: .now)
    }

    /// What a topic holds.
    func records(in topic: String) async throws -> [Record] {
        let reader = try BroadcastConsumer(
            topics: [topic],
            from: .beginning,
            settings: Broker.settings,
            logger: Broker.quiet
        )
        var records: [Record] = []
        while try await !reader.isCaughtUp() {
            records += try await reader.next(upTo: 1_000, patience: .milliseconds(100))
        }
        try await reader.close()
        return records
    }

    /// What is set aside and not settled.
    func items() async throws -> [SetAside] {
        try await LetterSource(settings: Broker.settings, namespace: namespace, logger: Broker.quiet).items()
    }

    /// Runs `body` with the variables of a registry, whose audit takes everything, and returns what that was told.
    func audited(_ body: @escaping @Sendable (Runtime.Environment) async throws -> Void) async throws -> [String] {
        let ground = environment
        return try await withRegistry(#"{"id":"0198c0de-0000-7000-8000-00000000000a"}"#) { environment in
            try await body(environment.setting(ground))
        }
    }
}
