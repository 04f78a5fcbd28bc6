import ArgumentParser
import Kafka
import KafkaTesting
import Logging
import Messages
import Pipeline
import Runtime
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(5))) struct TopicsTests {
    private let expected = [
        TopicSpecification(
            name: "a",
            partitions: 3,
            replication: 3,
            configuration: ["cleanup.policy": "compact", "min.insync.replicas": "2"]
        )
    ]

    @Test("nothing differs where the broker has what the catalogue says")
    func same() {
        let found = [
            "a": TopicDescription(
                name: "a",
                partitions: 3,
                replication: 3,
                configuration: ["cleanup.policy": "compact", "min.insync.replicas": "2", "other": "1"]
            )
        ]
        #expect(TopicDifference.all(expected: expected, found: found).isEmpty)
    }

    @Test("a missing topic, other partitions, other copies and other settings are each told")
    func different() {
        #expect(TopicDifference.all(expected: expected, found: [:]) == [.missing("a")])
        let found = [
            "a": TopicDescription(
                name: "a",
                partitions: 1,
                replication: 1,
                configuration: ["cleanup.policy": "delete", "min.insync.replicas": "1"]
            )
        ]
        #expect(
            TopicDifference.all(expected: expected, found: found) == [
                .partitions("a", expected: 3, found: 1),
                .replication("a", expected: 3, found: 1),
                .setting("a", name: "cleanup.policy", expected: "compact", found: "delete"),
                .setting("a", name: "min.insync.replicas", expected: "2", found: "1"),
            ]
        )
    }

    @Test("each difference says how to mend it")
    func remedies() {
        let found = [
            "a": TopicDescription(name: "a", partitions: 5, replication: 1, configuration: ["cleanup.policy": "delete"])
        ]
        let texts = TopicDifference.all(expected: expected, found: found).map(\.description)
        #expect(texts.count == 3)
        #expect(texts[0].contains("cannot be taken away"))
        #expect(texts[1].contains("kafka-reassign-partitions.sh"))
        #expect(texts[2].contains("--entity-name a --add-config cleanup.policy=compact"))
        #expect(TopicDifference.missing("a").description.contains("bridgectl topics apply"))
    }

    @Test("topics have three copies, of which two must have a message, unless something else is asked for")
    func durability() throws {
        let usual = try TopicOptions.parse([]).specifications(Environment([:]))
        #expect(usual.allSatisfy { $0.replication == 3 && $0.configuration["min.insync.replicas"] == "2" })
        #expect(usual.first?.configuration["cleanup.policy"] == "compact")
        let single = ["TOPIC_REPLICATION": "1", "TOPIC_MIN_INSYNC_REPLICAS": "1"]
        let local = try TopicOptions.parse([]).specifications(Environment(single))
        #expect(local.allSatisfy { $0.replication == 1 && $0.configuration["min.insync.replicas"] == "1" })
        let given = try TopicOptions.parse(["--replication", "5", "--min-in-sync", "3"])
            .specifications(Environment(single))
        #expect(given.allSatisfy { $0.replication == 5 && $0.configuration["min.insync.replicas"] == "3" })
    }

    @Test("more copies that must have a message than there are copies are refused, for nothing could be written")
    func impossible() throws {
        #expect(throws: ConfigurationError.self) {
            try TopicOptions.parse([]).specifications(Environment(["TOPIC_REPLICATION": "1"]))
        }
        #expect(throws: ValidationError.self) {
            try TopicOptions.parse(["--min-in-sync", "4"]).specifications(Environment([:]))
        }
    }

    @Test(
        "the catalogue can be applied to a broker again and again, and then nothing differs",
        .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS")
    )
    func apply() async throws {
        let namespace = try #require(TopicNamespace("control-\(RunID.make())."))
        let topics = TopicCatalogue.all.map {
            $0.specification(in: namespace, partitions: 2, durability: .singleBroker)
        }
        let settings = ["bootstrap.servers": try #require(Broker.bootstrapServers)]
        let admin = try Admin(settings: settings, logger: Logger(label: "test"))
        try await admin.createAndAwaitLeaders(topics)
        try await admin.createAndAwaitLeaders(topics)
        let found = try await admin.describe(topics.map(\.name))
        #expect(TopicDifference.all(expected: topics, found: found).isEmpty)
        try await admin.delete(afterUse: topics.map(\.name))
        try await admin.close()
    }
}
