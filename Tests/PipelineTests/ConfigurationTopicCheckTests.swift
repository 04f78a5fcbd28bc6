import Kafka
import KafkaTesting
import LogTesting
import Logging
import Messages
@testable import Pipeline
import Runtime
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"))
struct ConfigurationTopicCheckTests {
    /// A place for topics of one installation, with an admin that deletes what it creates.
    private func withNamespace(_ body: (TopicNamespace, Admin) async throws -> Void) async throws {
        let namespace = try #require(TopicNamespace(Broker.uniqueName("check") + "."))
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        let result: Result<Void, any Error>
        do { result = .success(try await body(namespace, admin)) } catch { result = .failure(error) }
        try await admin.delete(afterUse: TopicCatalogue.all.map(namespace.name(of:)))
        try await admin.close()
        try result.get()
    }

    private func settings(_ namespace: TopicNamespace) -> StageSettings {
        var settings = StageSettings(kafka: Broker.settings, namespace: namespace)
        settings.backoff = Backoff(first: .milliseconds(20), limit: .milliseconds(50))
        return settings
    }

    @Test("a service refuses a topic of configurations that is not compacted, and names topic, found and wanted")
    func notCompacted() async throws {
        try await withNamespace { namespace, admin in
            let name = namespace.name(of: TopicCatalogue.configuration)
            let wrong = TopicSpecification(
                name: name,
                partitions: 1,
                replication: 1,
                configuration: ["cleanup.policy": "delete"]
            )
            try await admin.createAndAwaitLeaders([wrong])
            let table = ConfigurationTable(settings: settings(namespace), logger: Broker.quiet)
            let error = await #expect(throws: UnfitTopic.self) { try await table.run() }
            #expect(error?.topic == name)
            #expect(error?.found == "delete")
            #expect(error?.wanted == "compact")
            #expect(error?.description.contains("--entity-name \(name)") == true)
        }
    }

    @Test("who only writes configurations is ready once the topic is found fit, and stops when asked to")
    func service() async throws {
        try await withNamespace { namespace, admin in
            try await admin.createAndAwaitLeaders(
                [TopicCatalogue.configuration.specification(in: namespace, partitions: 1, durability: .singleBroker)]
            )
            let readiness = Readiness()
            let check = ConfigurationTopicCheck(
                settings: settings(namespace),
                readiness: readiness,
                logger: Broker.quiet
            )
            #expect(!readiness.isReady)
            try await running([check]) {
                try await eventually("ready") { readiness.isReady }
            }
        }
    }

    @Test("a topic that is not there yet is waited for, and said to be missing")
    func missing() async throws {
        try await withNamespace { namespace, admin in
            let topic = TopicCatalogue.configuration
            let (reports, report) = AsyncStream.makeStream(of: String.self)
            async let checked: Void = ConfigurationTopicCheck(settings: settings(namespace), logger: Broker.quiet)
                .waitUntilFit { report.yield($0) }
            var first = reports.makeAsyncIterator()
            let said = try #require(await first.next())
            #expect(said.contains(namespace.name(of: topic)))
            #expect(said.contains("bridgectl topics apply"))
            try await admin.createAndAwaitLeaders(
                [topic.specification(in: namespace, partitions: 1, durability: .singleBroker)]
            )
            try await checked
        }
    }

    @Test("topics with fewer copies than asked for are warned of, and the service starts")
    func fewCopies() async throws {
        try await withNamespace { namespace, admin in
            try await admin.createAndAwaitLeaders(
                [TopicCatalogue.configuration, TopicCatalogue.commands].map {
                    $0.specification(in: namespace, partitions: 1, durability: .singleBroker)
                }
            )
            #expect(try await warnings(settings(namespace)).count == 1)
            var single = settings(namespace)
            single.durability = .singleBroker
            #expect(try await warnings(single).isEmpty)
        }
    }

    @Test("who may not see how topics are set up is not kept waiting for that")
    func notAuthorized() {
        #expect(!ConfigurationTopicCheck.mayPass(KafkaError(.topicNotAuthorized, in: "describe")))
        #expect(ConfigurationTopicCheck.mayPass(KafkaError(.timedOut, in: "describe")))
    }

    private func warnings(_ settings: StageSettings) async throws -> [LogLines.Line] {
        let lines = LogLines(from: .warning)
        try await ConfigurationTopicCheck(settings: settings, logger: lines.logger).waitUntilFit { _ in }
        return lines.all
    }
}
