import JSONCoding
import Kafka
import KafkaTesting
import Logging
import Messages
import Pipeline
import Runtime
import Sealing
import ServiceLifecycle
import Testing

@testable import Mapper

/// A mapper that runs against the broker, with topics of its own.
struct MapperWorld: Sendable {
    let namespace: TopicNamespace
    var tenant = TenantID.make()
    var identityProvider = IdentityProviderID.make()
    let run = RunID.make()
    private let producer: Producer
    private let output: BroadcastConsumer
    private let deadLetters: BroadcastConsumer

    /// Runs a mapper while `body` runs.
    static func with(patience: String = "30", _ body: (MapperWorld) async throws -> Void) async throws {
        let prefix = Broker.uniqueName("mapper") + "."
        let namespace = try #require(TopicNamespace(prefix))
        let topics = [
            TopicCatalogue.configuration, TopicCatalogue.wecomRecords, TopicCatalogue.directoryRecords,
            TopicCatalogue.wecomRecords.deadLetters(of: "directory-mapper"),
        ].map { $0.specification(in: namespace, partitions: 2, durability: .singleBroker) }
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders(topics)
        let world = try MapperWorld(namespace: namespace)
        let group = try world.services(patience: patience)
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await body(world)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        } catch {
            try? await admin.delete(afterUse: topics.map(\.name))
            throw error
        }
        try await admin.delete(afterUse: topics.map(\.name))
    }

    private init(namespace: TopicNamespace) throws {
        self.namespace = namespace
        producer = try Producer(settings: Broker.settings, logger: Broker.quiet)
        output = try BroadcastConsumer(
            topics: [namespace.name(of: TopicCatalogue.directoryRecords)],
            from: .beginning,
            settings: Broker.settings,
            logger: Broker.quiet
        )
        deadLetters = try BroadcastConsumer(
            topics: [namespace.name(of: TopicCatalogue.wecomRecords.deadLetters(of: "directory-mapper"))],
            from: .beginning,
            settings: Broker.settings,
            logger: Broker.quiet
        )
    }

    private func services(patience: String) throws -> ServiceGroup {
        let environment = Environment([
            "KAFKA_BOOTSTRAP_SERVERS": Broker.bootstrapServers ?? "",
            "KAFKA_DEVELOPMENT_BROKER": Broker.settings["development.broker"] ?? "false",
            "TOPIC_PREFIX": namespace.prefix,
            "CONFIGURATION_PATIENCE_SECONDS": patience,
        ])
        let context = ProgramContext(name: "directory-mapper", instanceID: "test", logger: Broker.quiet)
        return ServiceGroup(
            services: try mapperServices(environment.settings(MapperSettings.init), context),
            logger: Broker.quiet
        )
    }

    func configuration(
        revision: Int64 = 1,
        mapping: [MappingRule] = MappingRule.defaults,
        number: Int64 = 1
    ) throws -> IdentityProviderConfiguration {
        IdentityProviderConfiguration(
            id: identityProvider,
            tenant: tenant,
            enterpriseID: .make(),
            revision: Revision(rawValue: revision),
            name: try IdentityProviderName("test"),
            description: "Test",
            mapping: mapping,
            mappingNumber: MappingNumber(rawValue: number)
        )
    }

    func envelope(epoch: Int64 = 1, fence: Int64 = 1) -> Envelope {
        Envelope(
            type: RunStarted.type,
            source: "test",
            tenant: tenant,
            identityProvider: identityProvider,
            run: run,
            position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: fence))
        )
    }

    func publish(_ configuration: IdentityProviderConfiguration) async throws {
        var envelope = envelope()
        (envelope.run, envelope.position) = (nil, nil)
        _ = try await producer.send(OutgoingRecord(configuration, envelope: envelope, in: namespace))
    }

    func send(_ message: some Message, _ envelope: Envelope? = nil) async throws {
        _ = try await producer.send(
            OutgoingRecord(
                message,
                envelope: envelope ?? self.envelope(),
                to: TopicCatalogue.wecomRecords,
                in: namespace
            )
        )
    }

    /// Any value in an envelope of any type.
    func record(_ type: MessageType, _ json: String, _ envelope: Envelope? = nil) throws -> OutgoingRecord {
        var envelope = envelope ?? self.envelope()
        envelope.type = type
        return OutgoingRecord(
            encoded: Array(json.utf8),
            envelope: envelope,
            to: TopicCatalogue.wecomRecords,
            in: namespace
        )
    }

    /// The same world, seen by another tenant.
    var stranger: MapperWorld {
        var world = self
        (world.tenant, world.identityProvider) = (.make(), .make())
        return world
    }

    /// A handler beside the one that runs.
    ///
    /// - Parameter producer: Writes what it maps; the world's own unless one is given.
    func makeHandler(writingBy producer: Producer? = nil) throws -> MappingHandler {
        let settings = StageSettings(kafka: Broker.settings)
        let producer = producer ?? self.producer
        return MappingHandler(
            mappings: Mappings(configurations: ConfigurationTable(settings: settings, logger: Broker.quiet)),
            producer: producer,
            namespace: namespace,
            source: "test"
        )
    }

    func send(_ record: OutgoingRecord) async throws {
        _ = try await producer.send(record)
    }

    /// The next messages that the mapper wrote.
    func received(_ count: Int) async throws -> [IncomingMessage] {
        try await read(output, count, "\(count) mapped messages").map { try IncomingMessage($0) }
    }

    /// The next dead letters.
    func rejected(_ count: Int) async throws -> [DeadLetter] {
        try await read(deadLetters, count, "\(count) dead letters").compactMap { DeadLetter($0) }
    }

    private func read(_ consumer: BroadcastConsumer, _ count: Int, _ what: String) async throws -> [Record] {
        var records: [Record] = []
        try await eventually(what) {
            records += try await consumer.next(upTo: count - records.count, patience: .milliseconds(100))
            return records.count == count
        }
        return records
    }
}

extension PartitionBatch {
    /// Messages as a stage hands them over.
    static func sample(_ messages: [(any Message, Envelope)]) throws -> PartitionBatch {
        let records = try messages.enumerated().map { offset, message in
            try Record.sample(message.0, message.1, at: Int64(offset))
        }
        let topic = TopicNamespace.none.name(of: TopicCatalogue.wecomRecords)
        return PartitionBatch(partition: TopicPartition(topic: topic, partition: 0), records: records)
    }
}

extension Record {
    fileprivate static func sample(_ message: some Message, _ envelope: Envelope, at offset: Int64) throws -> Record {
        let record = try OutgoingRecord(message, envelope: envelope, to: TopicCatalogue.wecomRecords, in: .none)
        return Record(
            position: Position(topic: record.topic, partition: 0, offset: offset),
            key: record.key.map { Array($0.utf8) },
            value: record.value,
            headers: record.headers
        )
    }
}
