/// A topic to be created.
public struct TopicSpecification: Sendable, Hashable {
    /// The topic's name.
    public var name: String
    /// At least 1.
    public var partitions: Int32
    /// How many brokers hold a copy; -1 leaves it to the brokers.
    public var replication: Int16
    /// Kafka's own names, such as `retention.ms` and `cleanup.policy`.
    public var configuration: [String: String]

    /// Describes a topic; creates nothing.
    public init(name: String, partitions: Int32, replication: Int16 = -1, configuration: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.configuration = configuration
    }
}

/// A topic that exists.
public struct TopicDescription: Sendable, Hashable {
    /// The topic's name.
    public let name: String
    /// How many there are.
    public let partitions: Int32
    /// How many brokers hold a copy.
    public let replication: Int16
    /// Kafka's own names, such as `retention.ms` and `cleanup.policy`; with the defaults.
    public let configuration: [String: String]

    /// Makes a description by hand, for tests of what reads one.
    public init(name: String, partitions: Int32, replication: Int16, configuration: [String: String]) {
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.configuration = configuration
    }
}
