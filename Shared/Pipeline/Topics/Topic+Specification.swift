public import Kafka
public import Messages

extension Topic {
    /// How the topic is set up on brokers.
    ///
    /// - Parameters:
    ///   - namespace: What stands before its name.
    ///   - partitions: At least 1.
    ///   - durability: How many brokers hold it.
    public func specification(
        in namespace: TopicNamespace,
        partitions: Int32 = TopicCatalogue.defaultPartitions,
        durability: TopicDurability
    ) -> TopicSpecification {
        TopicSpecification(
            name: namespace.name(of: self),
            partitions: partitions,
            replication: durability.replication,
            configuration: settings(durability)
        )
    }
}
