import ArgumentParser
import Kafka
import Logging
import Messages
import Runtime

/// What all commands about topics have in common.
struct TopicOptions: ParsableArguments {
    @Option(help: "Partitions of each topic.")
    var partitions: Int32 = TopicCatalogue.defaultPartitions

    @Option(help: "Copies of each partition on the brokers.")
    var replication: Int16 = 1

    func validate() throws {
        guard (1...1_000).contains(partitions) else { throw ValidationError("Give 1 to 1000 partitions.") }
        guard replication >= 1 else { throw ValidationError("Give at least one copy.") }
    }

    /// Does something with the broker and the topics that it should have.
    func withTopics(_ body: (Admin, [TopicSpecification]) async throws -> Void) async throws {
        let environment = Environment.process
        let prefix = environment.string("TOPIC_PREFIX", default: "")
        guard let namespace = TopicNamespace(prefix) else {
            throw ValidationError("TOPIC_PREFIX has letters, digits, -, _ and . only, at most 60.")
        }
        let admin = try Admin(settings: environment.kafkaSettings(), logger: Logger(label: "bridgectl"))
        let specifications = TopicCatalogue.all.map { topic in
            topic.specification(in: namespace, partitions: partitions, replication: replication)
        }
        do {
            try await body(admin, specifications)
        } catch {
            try? await admin.close()
            throw error
        }
        try await admin.close()
    }
}

extension Topic {
    /// How the topic is set up on a broker.
    func specification(in namespace: TopicNamespace, partitions: Int32, replication: Int16) -> TopicSpecification {
        TopicSpecification(
            name: namespace.name(of: self),
            partitions: partitions,
            replication: replication,
            configuration: settings
        )
    }

    private var settings: [String: String] {
        switch retention {
        case .compacted: ["cleanup.policy": "compact"]
        case .days(let days): ["cleanup.policy": "delete", "retention.ms": "\(days * 86_400_000)"]
        }
    }
}
