/// A topic: its name, and how long it keeps what it carries.
public struct Topic: Hashable, Sendable {
    /// How a topic lets go of messages.
    public enum Retention: Hashable, Sendable {
        /// Everything, for so many days.
        case days(Int)
        /// Each key's last message, for ever.
        case compacted
    }

    /// `<domain>.<noun>.v<major>`.
    public let name: String
    /// How it lets go of messages.
    public let retention: Retention
    /// The kinds of message that it carries.
    public let carries: [MessageType]

    /// The dead letters of one consumer of the topic, kept for 30 days.
    public func deadLetters(of consumer: String) -> Topic {
        Topic(name: "\(name).\(consumer).dead", retention: .days(30), carries: carries)
    }

    /// How a broker is told to keep the topic, in Kafka's own names.
    public func settings(_ durability: TopicDurability) -> [String: String] {
        var settings = ["min.insync.replicas": "\(durability.minInSyncReplicas)"]
        switch retention {
        case .compacted: settings[Self.cleanupPolicy] = Self.compact
        case .days(let days):
            settings[Self.cleanupPolicy] = "delete"
            settings["retention.ms"] = "\(days * 86_400_000)"
        }
        return settings
    }

    /// Kafka's name of what says how a topic lets go of messages.
    public static let cleanupPolicy = "cleanup.policy"
    /// The ``cleanupPolicy`` that keeps each key's last message for ever.
    public static let compact = "compact"
}
