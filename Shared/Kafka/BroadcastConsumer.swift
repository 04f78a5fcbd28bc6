import CRdKafka
import Executors
public import Logging

/// Reads every partition of topics without a group: for tables that each process keeps whole.
///
/// The actor runs on a queue of its own, as ``Consumer`` does.
public actor BroadcastConsumer {
    /// In which order what partitions hold already is returned; within each it is that of its log.
    public enum Order: Sendable {
        /// As it comes.
        case any
        /// A topic's partitions one after the other by their numbers. What has a key lies in ascending ones where a topic
        /// got a multiple of its partitions, so it comes in the order in which it was written.
        case byPartition
    }

    /// What whoever reads without a group is set up with.
    static let required: [String: String?] = [
        // Never joined: librdkafka wants a name before it lets a consumer be assigned.
        "group.id": "broadcast",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": "false",
        "enable.auto.offset.store": "false",
        "enable.partition.eof": "true",
        "isolation.level": "read_committed",
    ]
    /// A partition that is added is asked for with the next fetch, so one that finds nothing must not be held for long
    /// where the partitions are added one after the other.
    private static let byPartition = ["fetch.wait.max.ms": "50"]
    private static let byteLimit = 64 << 20
    /// What is said of a topic that will be there in a moment, or some day.
    private static let absences: Set<KafkaError.Code> = [
        .unknownTopic, .unknownLocalTopic, .init(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE),
    ]

    private let executor = BlockingExecutor(label: "kafka.broadcast")
    private let handle: ClientHandle
    private let topics: [String]
    private let start: Offset
    private let order: Order
    private let logger: Logger
    private let context: ClientContext
    /// Why the brokers could not be asked for the topics' partitions the last time, though reading goes on.
    public private(set) var trouble: KafkaError?
    private var isClosed = false
    /// The partitions read from.
    private var assigned: Set<TopicPartition> = []
    /// The partitions not yet read up to the end that was seen when they were assigned.
    private var behind: [TopicPartition: Int64] = [:]
    /// The partitions whose turn has not come.
    private var waiting: [TopicPartition] = []
    /// The partitions that were found.
    private var known: Set<TopicPartition> { assigned.union(waiting) }
    private var nextDiscovery = ContinuousClock.now

    /// The actor's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - topics: Those that are not there yet are read once they are.
    ///   - from: Where to start; `.stored` means the beginning, as there is no group.
    ///   - order: In which order what is there is returned.
    ///   - settings: librdkafka's own property names, which win over the defaults.
    ///   - logger: Takes librdkafka's log, too.
    /// - Throws: ``KafkaError`` for a setting that librdkafka refuses.
    public init(
        topics: [String],
        from: Offset,
        in order: Order = .any,
        settings: [String: String],
        logger: Logger
    ) throws {
        let given = settings.filter { !$0.key.hasPrefix("group.") }
        let settings = try ClientSettings(
            defaults: order == .byPartition ? Self.byPartition : [:],
            given: given,
            required: Self.required
        )
        context = ClientContext(logger: logger)
        let handle = try ClientHandle(.consumer, settings: settings, context: context)
        try KafkaError.check(rd_kafka_poll_set_consumer(handle.pointer), in: "start consuming")
        self.handle = handle
        self.topics = topics
        self.start = from == .stored ? .beginning : from
        self.order = order
        self.logger = logger
    }

    /// The next records, at most `limit`: waits up to `patience` for a first one, then takes
    /// whatever else is already there.
    ///
    /// - Throws: ``KafkaError`` when the consumer is closed, and, retriable, when the brokers
    ///   cannot be asked for the topics' partitions at the start.
    public func poll(upTo limit: Int, patience: Duration) throws -> [Record] {
        guard !isClosed else { throw KafkaError(.closed, in: "poll") }
        try lookForPartitions()
        while behind.isEmpty, let next = waiting.first {
            // Still waiting if the brokers cannot be asked for its end.
            try read([next])
            waiting.removeFirst()
        }
        var gathered = Gathered()
        var timeout = patience.milliseconds
        while gathered.records.count < limit, gathered.bytes < Self.byteLimit {
            guard let message = rd_kafka_consumer_poll(handle.pointer, timeout) else { break }
            timeout = gathered.records.isEmpty && message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR ? timeout : 0
            take(message, &gathered)
        }
        return gathered.records
    }

    /// Whether every record has been returned that was there when reading began.
    ///
    /// - Throws: ``KafkaError`` when the consumer is closed.
    public func isCaughtUp() throws -> Bool {
        guard !isClosed else { throw KafkaError(.closed, in: "isCaughtUp") }
        return behind.isEmpty && waiting.isEmpty && hasFoundTopics
    }

    /// Whether every topic was there when the brokers were last asked for its partitions.
    public var hasFoundTopics: Bool {
        Set(topics).isSubset(of: known.map(\.topic))
    }

    /// Stops reading. Closing again does nothing.
    public func close() throws {
        guard !isClosed else { return }
        isClosed = true
        try KafkaError.check(rd_kafka_consumer_close(handle.pointer), in: "close")
    }

    private func take(_ message: UnsafeMutablePointer<rd_kafka_message_t>, _ gathered: inout Gathered) {
        defer { rd_kafka_message_destroy(message) }
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            gathered.append(message)
            guard !behind.isEmpty, let position = gathered.records.last?.position else { return }
            if let end = behind[position.topicPartition], position.offset + 1 >= end {
                behind[position.topicPartition] = nil
            }
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            guard let name = message.pointee.rkt.map({ String(cString: rd_kafka_topic_name($0)) }) else { return }
            behind[TopicPartition(topic: name, partition: message.pointee.partition)] = nil
        case let code:
            let reason = rd_kafka_message_errstr(message).map { String(cString: $0) }
            context.warn(KafkaError(.init(code), in: "poll", reason: reason))
        }
    }

    /// Looks for partitions that came to be since the last time: soon while a topic is missing,
    /// else every 15 s.
    private func lookForPartitions() throws {
        guard ContinuousClock.now >= nextDiscovery else { return }
        do {
            let isComplete = try addPartitions()
            nextDiscovery = .now + (isComplete ? .seconds(15) : .milliseconds(500))
            trouble = nil
        } catch let error as KafkaError {
            // Once there is something to read, reading needs no look.
            guard !known.isEmpty else { throw error }
            context.warn(error)
            trouble = error
            nextDiscovery = .now + .seconds(5)
        }
    }

    /// Starts to read what is new; returns whether every topic is there.
    private func addPartitions() throws -> Bool {
        let known = known
        var added: [TopicPartition] = []
        var isComplete = true
        for topic in topics {
            let metadata = try Metadata(of: topic, from: handle.pointer, within: .seconds(4))
            let numbers = metadata.partitions[topic] ?? []
            if numbers.isEmpty {
                // A topic that this client may not see is another matter than one that is not there.
                if let failure = metadata.failures[topic], !Self.absences.contains(failure.code) { throw failure }
                isComplete = false
                logger.info("a topic is not there yet", metadata: ["topic": "\(topic)"])
            }
            added += numbers.map { TopicPartition(topic: topic, partition: $0) }
                .filter { !known.contains($0) }
        }
        switch order {
        case .any: if !added.isEmpty { try read(added) }
        case .byPartition: waiting = (waiting + added).sorted { $0.partition < $1.partition }
        }
        return isComplete
    }

    private func read(_ partitions: [TopicPartition]) throws {
        let ends = try ends(of: partitions, from: handle.pointer).mapValues(\.high)
        // A partition added later than the others holds only what must not be missed.
        let first = assigned.contains { known in partitions.contains { $0.topic == known.topic } } ? .beginning : start
        var starts: [TopicPartition: Int64] = [:]
        // An end that librdkafka looked up later would miss what is written until then.
        for partition in partitions { starts[partition] = first == .end ? ends[partition] : first.rawValue }
        try KafkaError.check(
            PartitionList(starts).lend { rd_kafka_incremental_assign(handle.pointer, $0) },
            in: "assign"
        )
        assigned.formUnion(partitions)
        if first == .end { return }
        for (partition, end) in ends where end > 0 { behind[partition] = end }
    }
}
