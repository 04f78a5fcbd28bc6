public import Messages
public import Runtime

/// How a stage reads.
public struct StageSettings: Sendable {
    /// librdkafka's properties, for the stage's consumer.
    public var kafka: [String: String]
    /// What stands before topics' and groups' names.
    public var namespace: TopicNamespace
    /// A name that this copy of the program keeps when it starts again: the stage is a static
    /// member of its group then.
    public var instanceID: String?
    /// How many brokers should hold each topic; where fewer do, a warning says so at the start.
    public var durability = TopicCatalogue.defaultDurability
    /// Records handled at once, at most.
    public var batchRecords = 500
    /// Bytes of values handled at once, at most; a single larger record is a batch of its own.
    public var batchBytes = 8 << 20
    /// Partitions handled at the same time, at most.
    public var partitionsAtOnce = 4
    /// How long a partition waits after a transient error.
    public var backoff = Backoff()

    /// - Parameters:
    ///   - kafka: librdkafka's properties; `bootstrap.servers` is needed.
    ///   - namespace: What stands before topics' and groups' names.
    ///   - instanceID: Makes the stage a static member of its group.
    public init(kafka: [String: String], namespace: TopicNamespace = .none, instanceID: String? = nil) {
        self.kafka = kafka
        self.namespace = namespace
        self.instanceID = instanceID
    }

    /// Reads `KAFKA_*`, `TOPIC_PREFIX`, `TOPIC_REPLICATION`, `TOPIC_MIN_INSYNC_REPLICAS`, `INSTANCE_ID`,
    /// `STAGE_BATCH_RECORDS`, `STAGE_BATCH_BYTES` and `STAGE_PARTITIONS_AT_ONCE`.
    ///
    /// - Throws: `ConfigurationError`.
    public init(_ environment: Environment) throws {
        self.init(
            kafka: try environment.kafkaSettings(),
            namespace: try environment.topicNamespace(),
            instanceID: environment.fixedInstanceID
        )
        durability = try environment.topicDurability()
        batchRecords = try environment.integer("STAGE_BATCH_RECORDS", default: batchRecords, in: 1...100_000)
        batchBytes = try environment.integer("STAGE_BATCH_BYTES", default: batchBytes, in: 1...(1 << 30))
        partitionsAtOnce = try environment.integer("STAGE_PARTITIONS_AT_ONCE", default: partitionsAtOnce, in: 1...256)
    }

    /// Enough for as many batches as are handled at the same time.
    var pollRecords: Int { batchRecords * partitionsAtOnce }

    /// The properties of the consumer of a stage: what the environment gave wins.
    func consumerSettings(group: String) -> [String: String] {
        var settings = [
            // How soon others take over from a member that died, and how long librdkafka lets a commit
            // wait for brokers that are away: stopping has to be in time then, too.
            "session.timeout.ms": "10000",
            "socket.timeout.ms": "10000",
            "queued.max.messages.kbytes": "32768",
        ]
        settings.merge(kafka) { $1 }
        settings["group.id"] = namespace.group(group)
        settings["group.instance.id"] = instanceID
        return settings
    }
}
