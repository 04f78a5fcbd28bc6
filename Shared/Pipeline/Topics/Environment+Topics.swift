public import Messages
public import Runtime

/// The variables about topics that mean the same in every program.
extension Environment {
    /// `TOPIC_PREFIX`: what stands before topics' and groups' names, by default nothing.
    ///
    /// - Throws: `ConfigurationError`.
    public func topicNamespace() throws -> TopicNamespace {
        let form = "at most 60 letters, digits, '-', '_' and '.'"
        return try parsed("TOPIC_PREFIX", form: form) { TopicNamespace($0) } ?? .none
    }

    /// `TOPIC_REPLICATION` and `TOPIC_MIN_INSYNC_REPLICAS`: how many brokers hold each topic, and how many must have a
    /// record before it counts as written; by default as the catalogue says.
    ///
    /// - Throws: `ConfigurationError`.
    public func topicDurability() throws -> TopicDurability {
        let usual = TopicCatalogue.defaultDurability
        let replication = try integer("TOPIC_REPLICATION", default: Int(usual.replication), in: 1...100)
        let inSync = try integer("TOPIC_MIN_INSYNC_REPLICAS", default: Int(usual.minInSyncReplicas), in: 1...100)
        if let durability = TopicDurability(replication: Int16(replication), minInSyncReplicas: Int16(inSync)) {
            return durability
        }
        return try refuse(
            "TOPIC_MIN_INSYNC_REPLICAS",
            "is \(inSync), more than the \(replication) of TOPIC_REPLICATION, so that nothing could be written",
            "give at most \(replication)",
            standIn: usual
        )
    }
}
