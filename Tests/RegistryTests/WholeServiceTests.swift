import Foundation
import HTTPTypes
import Kafka
import KafkaTesting
import Logging
import Messages
import Pipeline
import PostgresTesting
import Runtime
import ServiceLifecycle
import Synchronization
import Testing

@testable import Registry

/// The services as `main` runs them, with a real broker.
@Suite(
    .enabled(if: TestDatabase.isAvailable && Broker.isAvailable, "needs DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS"),
    .timeLimit(.minutes(3))
)
struct WholeServiceTests {
    @Test("what is done over HTTP comes out on the topics, and what comes on the topics shows over HTTP")
    func wholeWay() async throws {
        try await withTestDatabase { database, url in
            let namespace = try #require(TopicNamespace(Broker.uniqueName("registry") + "."))
            try await withTopics(namespace) {
                var settings = TestRegistry.settings(url)
                settings.stage.namespace = namespace
                settings.port = 0
                let fixed = settings
                let context = ProgramContext(name: "idp-registry", instanceID: "1", logger: TestRegistry.quiet)
                let services = try await Services.make(fixed, context)
                try await running(services) {
                    let components = try TestRegistry.components(fixed, database)
                    try await withClient(components, fixed) { registry in
                        try await follow(registry, namespace)
                    }
                }
            }
        }
    }

    /// A run from the request to its end.
    private func follow(_ registry: TestRegistry, _ namespace: TopicNamespace) async throws {
        let id = try await registry.makeConnectedProvider()
        let run = try await registry.startRun(id)
        let configurations = try await records(2, of: TopicCatalogue.configuration, namespace)
        #expect(configurations.map { $0.header("ce_idpid") } == [id.description, id.description])
        let command = try #require(try await records(1, of: TopicCatalogue.commands, namespace).first)
        let message = try IncomingMessage(command).decode(RunSync.self)
        #expect(message.run.description == run["id"].string)
        let producer = try Producer(settings: Broker.settings, logger: TestRegistry.quiet)
        let record = try await registry.record(
            TestRegistry.end(of: run),
            of: run
        )
        let outgoing = OutgoingRecord(
            topic: namespace.name(of: TopicCatalogue.progress),
            key: id.description,
            value: record.value,
            headers: record.headers
        )
        _ = try await producer.send(outgoing)
        try await eventually(within: .seconds(30), "the run is over") {
            try await registry.run(run)["outcome"] == "succeeded"
        }
    }

    private func records(_ count: Int, of topic: Topic, _ namespace: TopicNamespace) async throws -> [Record] {
        let reader = try BroadcastConsumer(
            topics: [namespace.name(of: topic)],
            from: .beginning,
            settings: Broker.settings,
            logger: TestRegistry.quiet
        )
        let found = Mutex<[Record]>([])
        try await eventually(within: .seconds(30), "\(count) records on \(topic.name)") {
            let records = try await reader.poll(upTo: 100, patience: .milliseconds(100))
            return found.withLock { found in
                found += records
                return found.count >= count
            }
        }
        try await reader.close()
        return found.withLock { $0 }
    }

    private func running(_ services: [any Service], _ body: @escaping @Sendable () async throws -> Void) async throws {
        let group = ServiceGroup(services: services, logger: TestRegistry.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func withTopics(_ namespace: TopicNamespace, _ body: () async throws -> Void) async throws {
        let admin = try Admin(settings: Broker.settings, logger: TestRegistry.quiet)
        let topics = [TopicCatalogue.configuration, TopicCatalogue.commands, TopicCatalogue.progress]
        let names = topics.map(namespace.name(of:))
        try await admin.createAndAwaitLeaders(
            topics.map { $0.specification(in: namespace, partitions: 2, durability: .singleBroker) }
        )
        do {
            try await body()
            try await admin.delete(names)
        } catch {
            try? await admin.delete(names)
            throw error
        }
    }
}
