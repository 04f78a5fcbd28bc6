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
    /// The topics, by their names on the broker, that are read from their beginning, whatever was read of them: for a
    /// log that was made anew.
    public var startAnew: Set<String> = []
    /// How often the logs' ends are looked at.
    public var lookInterval: Duration = .seconds(10)

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
    /// `STAGE_BATCH_RECORDS`, `STAGE_BATCH_BYTES`, `STAGE_PARTITIONS_AT_ONCE` and `STAGE_START_ANEW` (topics, separated by
    /// commas).
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
        startAnew = try environment.topics("STAGE_START_ANEW", in: namespace)
    }

    /// Enough for as many batches as are handled at the same time.
    var pollRecords: Int { batchRecords * partitionsAtOnce }

    /// The names that these topics have on the broker, of those that are to be started anew.
    func topicsToStartAnew(among topics: [Topic]) -> Set<String> {
        Set(topics.map(namespace.name(of:))).intersection(startAnew)
    }
}

extension Environment {
    /// Topics by their names in the catalogue or on the broker, separated by commas; as they are named on the broker.
    fileprivate func topics(_ name: String, in namespace: TopicNamespace) throws -> Set<String> {
        let known = TopicCatalogue.streams.map { (name: $0.name, onBroker: namespace.name(of: $0)) }
        let form = "topics, separated by commas: \(known.map(\.name).joined(separator: ", "))"
        let topics = try parsed(name, form: form) { text -> Set<String>? in
            let found = text.split(whereSeparator: { $0 == "," || $0 == " " }).map { part in
                known.first { $0.name == part || $0.onBroker == part }?.onBroker
            }
            return found.contains(nil) ? nil : Set(found.compactMap(\.self))
        }
        return topics ?? []
    }
}
