import Kafka
import KafkaTesting
import Logging
import Messages
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(2))) struct TopicsTests {
    private let expected = [
        TopicSpecification(name: "a", partitions: 3, replication: 1, configuration: ["cleanup.policy": "compact"])
    ]

    @Test("nothing differs where the broker has what the catalogue says")
    func same() {
        let found = [
            "a": TopicDescription(
                name: "a",
                partitions: 3,
                replication: 1,
                configuration: ["cleanup.policy": "compact", "other": "1"]
            )
        ]
        #expect(TopicDifference.all(expected: expected, found: found).isEmpty)
    }

    @Test("a missing topic, other partitions and other settings are each told")
    func different() {
        #expect(TopicDifference.all(expected: expected, found: [:]) == [.missing("a")])
        let found = [
            "a": TopicDescription(name: "a", partitions: 1, replication: 1, configuration: ["cleanup.policy": "delete"])
        ]
        #expect(
            TopicDifference.all(expected: expected, found: found) == [
                .partitions("a", expected: 3, found: 1),
                .setting("a", name: "cleanup.policy", expected: "compact", found: "delete"),
            ]
        )
    }

    @Test(
        "the catalogue can be applied to a broker again and again, and then nothing differs",
        .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS")
    )
    func apply() async throws {
        let namespace = try #require(TopicNamespace("control-\(RunID.make())."))
        let topics = TopicCatalogue.all.map { $0.specification(in: namespace, partitions: 2, replication: 1) }
        let settings = ["bootstrap.servers": try #require(Broker.bootstrapServers)]
        let admin = try Admin(settings: settings, logger: Logger(label: "test"))
        try await admin.create(topics)
        try await admin.create(topics)
        let found = try await admin.describe(topics.map(\.name))
        #expect(TopicDifference.all(expected: topics, found: found).isEmpty)
        try await admin.delete(topics.map(\.name))
        try await admin.close()
    }
}
