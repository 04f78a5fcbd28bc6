import CRdKafka
import Executors
public import Logging

/// Creates, describes and deletes topics, and looks after groups' offsets.
///
/// The actor runs on a queue of its own and its calls wait there for the brokers, up to 30 s.
/// Every call throws ``KafkaError``.
public actor Admin {
    private let executor = BlockingExecutor(label: "kafka.admin")
    let handle: ClientHandle
    /// What a further client of the same brokers is made with.
    let settings: [String: String]
    let logger: Logger
    private var isClosed = false

    /// The actor's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - settings: librdkafka's own property names, such as `bootstrap.servers`.
    ///   - logger: Takes librdkafka's log, too.
    /// - Throws: ``KafkaError`` for a setting that librdkafka refuses.
    public init(settings: [String: String], logger: Logger) throws {
        // A consumer's questions never create topics; without a group it joins none.
        let given = settings.filter { !$0.key.hasPrefix("group.") }
        let context = ClientContext(logger: logger)
        handle = try ClientHandle(.consumer, settings: try ClientSettings(given: given), context: context)
        self.settings = given
        self.logger = logger
    }

    /// Creates the topics that are not there yet. Those that are stay as they are.
    public func create(_ topics: [TopicSpecification]) throws {
        guard !topics.isEmpty else { return }
        let request = try request(RD_KAFKA_ADMIN_OP_CREATETOPICS, "create topics")
        var specifications: [OpaquePointer?] = []
        defer { for specification in specifications { rd_kafka_NewTopic_destroy(specification) } }
        for topic in topics { specifications.append(try makeNewTopic(topic)) }
        rd_kafka_CreateTopics(handle.pointer, &specifications, specifications.count, request.options, request.queue)
        try request.answer { event in
            var count = 0
            let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            try checkTopics(results, count, tolerating: [.topicExists], in: "create topic")
        }
    }

    /// Those of the topics of which not every partition can be written to yet: brokers answer a creation before they
    /// have chosen leaders.
    ///
    /// - Parameter partitions: How many each has at least.
    public func topicsWithoutLeader(of names: [String], partitions: Int32 = 1) throws -> [String] {
        try checkOpen("leaders of topics")
        let metadata = try Metadata(from: handle.pointer)
        let leaderless = Set(metadata.leaderless.map(\.topic))
        return names.filter { name in
            leaderless.contains(name) || metadata.partitions[name]?.count ?? 0 < Int(partitions)
        }
    }

    /// Deletes topics with all their records. Those that are not there are fine.
    public func delete(_ names: [String]) throws {
        guard !names.isEmpty else { return }
        let request = try request(RD_KAFKA_ADMIN_OP_DELETETOPICS, "delete topics")
        var topics = names.map { rd_kafka_DeleteTopic_new($0) }
        defer { for topic in topics { rd_kafka_DeleteTopic_destroy(topic) } }
        rd_kafka_DeleteTopics(handle.pointer, &topics, topics.count, request.options, request.queue)
        try request.answer { event in
            var count = 0
            let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
            try checkTopics(results, count, tolerating: [.unknownTopic], in: "delete topic")
        }
    }

    /// The names of all topics there are, sorted.
    public func topicNames() throws -> [String] {
        try checkOpen("topic names")
        return try Metadata(from: handle.pointer).partitions.keys.sorted()
    }

    /// Partitions and configuration of those topics that exist.
    ///
    /// - Parameter limit: How long each of the two questions to the brokers may take.
    public func describe(
        _ names: [String],
        within limit: Duration = .seconds(30)
    ) throws -> [String: TopicDescription] {
        try checkOpen("describe topics")
        let metadata = try Metadata(from: handle.pointer, within: limit)
        let known = Set(names).filter { metadata.partitions[$0] != nil }.sorted()
        let configurations = try configurations(of: known, within: limit)
        var descriptions: [String: TopicDescription] = [:]
        for name in known {
            descriptions[name] = TopicDescription(
                name: name,
                partitions: Int32(clamping: metadata.partitions[name]?.count ?? 0),
                replication: Int16(clamping: metadata.replication[name] ?? 0),
                configuration: configurations[name] ?? [:]
            )
        }
        return descriptions
    }

    /// The offset behind the newest record, by partition.
    public func endOffsets(_ topic: String) throws -> [Int32: Int64] {
        try ends(of: topic).mapValues(\.high)
    }

    /// The offset of the oldest record there is, by partition.
    public func beginningOffsets(_ topic: String) throws -> [Int32: Int64] {
        try ends(of: topic).mapValues(\.low)
    }

    /// Ends the use: further calls throw, and the connections end with the actor.
    public func close() throws {
        isClosed = true
    }

    func request(
        _ api: rd_kafka_admin_op_t,
        _ operation: String,
        within limit: Duration = AdminRequest.patience
    ) throws -> AdminRequest {
        try checkOpen(operation)
        return try AdminRequest(api, in: operation, handle.pointer, within: limit)
    }

    func checkOpen(_ operation: String) throws {
        guard !isClosed else { throw KafkaError(.closed, in: operation) }
    }

    private func ends(of topic: String) throws -> [Int32: LogEnds] {
        try checkOpen("offsets")
        guard let numbers = try Metadata(of: topic, from: handle.pointer).partitions[topic] else {
            throw KafkaError(.unknownTopic, in: "offsets of \(topic)")
        }
        let partitions = numbers.map { TopicPartition(topic: topic, partition: $0) }
        let ends = try Kafka.ends(of: partitions, from: handle.pointer, within: .seconds(10))
        return Dictionary(uniqueKeysWithValues: ends.map { ($0.key.partition, $0.value) })
    }

    private func makeNewTopic(_ topic: TopicSpecification) throws -> OpaquePointer {
        let reason = ReasonBuffer()
        let specification = rd_kafka_NewTopic_new(
            topic.name,
            topic.partitions,
            Int32(topic.replication),
            reason.start,
            reason.count
        )
        guard let specification else {
            throw KafkaError(.invalidConfiguration, in: "create topic \(topic.name)", reason: reason.text)
        }
        for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(specification, name, value) }
        return specification
    }

    private func configurations(of topics: [String], within limit: Duration) throws -> [String: [String: String]] {
        guard !topics.isEmpty else { return [:] }
        let request = try request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "describe topics", within: limit)
        var resources = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        defer { for resource in resources { rd_kafka_ConfigResource_destroy(resource) } }
        rd_kafka_DescribeConfigs(handle.pointer, &resources, resources.count, request.options, request.queue)
        return try request.answer { event in
            var count = 0
            let result = rd_kafka_event_DescribeConfigs_result(event)
            let resources = rd_kafka_DescribeConfigs_result_resources(result, &count)
            var configurations: [String: [String: String]] = [:]
            for resource in UnsafeBufferPointer(start: resources, count: count) {
                guard let name = rd_kafka_ConfigResource_name(resource) else { continue }
                try KafkaError.check(rd_kafka_ConfigResource_error(resource), in: "describe \(String(cString: name))")
                configurations[String(cString: name)] = entries(of: resource)
            }
            return configurations
        }
    }
}

private func entries(of resource: OpaquePointer?) -> [String: String] {
    var count = 0
    let list = rd_kafka_ConfigResource_configs(resource, &count)
    var entries: [String: String] = [:]
    for entry in UnsafeBufferPointer(start: list, count: count) {
        guard let name = rd_kafka_ConfigEntry_name(entry), let value = rd_kafka_ConfigEntry_value(entry) else {
            continue
        }
        entries[String(cString: name)] = String(cString: value)
    }
    return entries
}
