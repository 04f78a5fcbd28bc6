/// How many brokers have to hold what a topic carries.
public struct TopicDurability: Hashable, Sendable {
    /// How many brokers hold a copy of each partition.
    public let replication: Int16
    /// How many of them must have a record before it counts as written: Kafka's `min.insync.replicas`.
    public let minInSyncReplicas: Int16

    /// - Parameters:
    ///   - replication: Copies of each partition, at least 1.
    ///   - minInSyncReplicas: Copies that must have a record, from 1 to `replication`; with more, nothing could ever be
    ///     written.
    public init?(replication: Int16, minInSyncReplicas: Int16) {
        guard replication >= 1, (1...replication).contains(minInSyncReplicas) else { return nil }
        self.init(copies: replication, inSync: minInSyncReplicas)
    }

    private init(copies: Int16, inSync: Int16) {
        replication = copies
        minInSyncReplicas = inSync
    }

    /// What production has: a broker may be lost, and nothing with it, while everything goes on.
    public static let standard = TopicDurability(copies: 3, inSync: 2)
    /// All that a single broker can give.
    public static let singleBroker = TopicDurability(copies: 1, inSync: 1)
}
