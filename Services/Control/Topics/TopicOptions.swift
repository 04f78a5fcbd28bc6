import ArgumentParser
import Kafka
import Logging
import Messages
import Pipeline
import Runtime

/// What all commands about topics have in common.
struct TopicOptions: ParsableArguments {
    @Option(help: "Partitions of each topic.")
    var partitions: Int32 = TopicCatalogue.defaultPartitions

    @Option(help: "Copies of each partition on the brokers; else TOPIC_REPLICATION, else 3.")
    var replication: Int16?

    @Option(help: "Copies that must have a message before it counts; else TOPIC_MIN_INSYNC_REPLICAS, else 2.")
    var minInSync: Int16?

    func validate() throws {
        guard (1...1_000).contains(partitions) else { throw ValidationError("Give 1 to 1000 partitions.") }
    }

    /// Does something with the broker and the topics that it should have.
    func withTopics<Value>(
        _ environment: Environment = .process,
        _ body: (Admin, [TopicSpecification]) async throws -> Value
    ) async throws -> Value {
        let topics = try specifications(environment)
        let admin = try Admin(settings: environment.kafkaSettings(), logger: Logger(label: "bridgectl"))
        let value: Value
        do {
            value = try await body(admin, topics)
        } catch {
            try? await admin.close()
            throw error
        }
        try await admin.close()
        return value
    }

    /// What the brokers should have: as the options say, else the variables, else the catalogue.
    func specifications(_ environment: Environment) throws -> [TopicSpecification] {
        let namespace = try environment.topicNamespace()
        let durability = try durability(environment)
        return TopicCatalogue.all.map {
            $0.specification(in: namespace, partitions: partitions, durability: durability)
        }
    }

    private func durability(_ environment: Environment) throws -> TopicDurability {
        let given = try environment.topicDurability()
        let (copies, inSync) = (replication ?? given.replication, minInSync ?? given.minInSyncReplicas)
        guard let durability = TopicDurability(replication: copies, minInSyncReplicas: inSync) else {
            throw ValidationError(
                "Give at least one copy, and from one to all of them that must have a message: "
                    + "with \(copies) copies and \(inSync) in sync nothing could be written."
            )
        }
        return durability
    }
}
