import CRdKafka
import Executors
public import Logging

/// Reads records from topics as a member of a consumer group.
///
/// The actor runs on a queue of its own, so every call to librdkafka below may block
/// and none of them holds up the cooperative pool; what waits for the brokers has queues beside it.
///
/// Partitions change hands in the open: those that the group gives (``Poll/assigned``) bring nothing before
/// ``start(_:)``, and those that it wants back (``Poll/revoked``) are this member's, and can be committed, until
/// ``release(_:)``. The group waits meanwhile as long as this member goes on polling, up to `max.poll.interval.ms`.
///
/// Whatever the settings say, nothing is committed but by ``commit(_:)``. `partition.assignment.strategy` is `range`
/// unless they say otherwise; `cooperative-sticky` works as well.
public actor Consumer {
    private static let defaults = [
        "partition.assignment.strategy": "range",
        // How soon a topic is found that was not there when the consumer started.
        "topic.metadata.refresh.interval.ms": "10000",
        // What is kept ready beyond what polls have taken: a paused partition's is fetched again.
        "queued.min.messages": "5000",
        "queued.max.messages.kbytes": "16384",
    ]
    private static let required: [String: String?] = [
        "enable.auto.commit": "false",
        "enable.auto.offset.store": "false",
        "isolation.level": "read_committed",
        // Tells that behind the last record nothing is left to be read, though the log goes on.
        "enable.partition.eof": "true",
        // Where to start is the caller's to say. A position that the log does not have shows in the offsets that come.
        "auto.offset.reset": "earliest",
    ]
    /// How many bytes of keys and values one poll gathers before it returns.
    private static let byteLimit = 16 << 20

    private let executor = BlockingExecutor(label: "kafka.consumer")
    private nonisolated let commits = BlockingCalls(label: "kafka.commits")
    nonisolated let questions = BlockingCalls(label: "kafka.questions")
    nonisolated let handle: ClientHandle
    nonisolated let rebalancing: Rebalancing
    private let context: ClientContext
    /// What polls have found at logs' ends.
    nonisolated let reachedEnds = ReachedEnds()
    /// How long the group waits for a member that it does not hear of.
    public nonisolated let sessionTimeout: Duration
    private var isClosed = false

    /// The actor's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - topics: Those that are not there yet are read once they are.
    ///   - group: The group's name.
    ///   - instanceID: Makes the member a static one, which keeps its place for `session.timeout.ms` after it went.
    ///   - settings: librdkafka's own property names, which win over the defaults.
    ///   - logger: Takes librdkafka's log, too.
    /// - Throws: ``KafkaError`` for a setting that librdkafka or this client refuses.
    public init(
        topics: [String],
        group: String,
        instanceID: String? = nil,
        settings: [String: String],
        logger: Logger
    ) throws {
        let own = ["group.id": group, "group.instance.id": instanceID]
        let settings = try ClientSettings(
            defaults: Self.defaults,
            given: settings,
            required: Self.required.merging(own) { $1 }
        )
        rebalancing = Rebalancing(strategy: settings["partition.assignment.strategy"] ?? "")
        context = ClientContext(logger: logger, rebalancing: rebalancing)
        let handle = try ClientHandle(.consumer, settings: settings, context: context) {
            rd_kafka_conf_set_rebalance_cb($0, rebalance)
        }
        try KafkaError.check(rd_kafka_poll_set_consumer(handle.pointer), in: "start consuming")
        let subscription = PartitionList(topics: topics)
        try KafkaError.check(subscription.lend { rd_kafka_subscribe(handle.pointer, $0) }, in: "subscribe")
        self.handle = handle
        sessionTimeout = settings.duration("session.timeout.ms") ?? .seconds(45)
    }

    /// Whether the group counts this member: since its first assignment, though it be of nothing, until it was lost.
    public nonisolated var isMember: Bool { rebalancing.isMember }

    /// Whether the group has gone on without this member, so that others may have its partitions already.
    public nonisolated var isAssignmentLost: Bool { rd_kafka_assignment_lost(handle.pointer) != 0 }

    /// The next records, at most `limit`: waits up to `patience` for a first one, then takes
    /// whatever else is already there, and what comes in while `gathering`. Returns at once when
    /// partitions were given or taken.
    ///
    /// - Throws: ``KafkaError`` when the consumer is closed or failed for good, such as when
    ///   another member took its `group.instance.id`.
    public func poll(upTo limit: Int, patience: Duration, gathering: Duration = .zero) throws -> Poll {
        try checkOpen("poll")
        var gathered = Gathered()
        var timeout = patience.milliseconds
        let end = ContinuousClock.now + patience
        var deadline: ContinuousClock.Instant?
        while gathered.records.count < limit, gathered.bytes < Self.byteLimit {
            let message = rd_kafka_consumer_poll(handle.pointer, timeout)
            if let message, reachedEnds.take(message) {
                rd_kafka_message_destroy(message)
                // Nothing that anybody waits for.
                let until = deadline ?? (gathered.isEmpty ? end : .now)
                timeout = max(.zero, until - .now).milliseconds
                if rebalancing.hasNews { break }
                continue
            }
            if gathering > .zero, deadline == nil { deadline = .now + gathering }
            timeout = deadline.map { max(.zero, $0 - .now).milliseconds } ?? 0
            if let message { try take(message, &gathered) }
            if message == nil || rebalancing.hasNews { break }
        }
        let news = rebalancing.takeNews()
        return Poll(
            records: gathered.records(without: news.revoked),
            assigned: news.assigned,
            revoked: news.revoked,
            trouble: gathered.trouble
        )
    }

    /// Has a poll that is under way return at once with what it has; to be called from outside of the actor, which is
    /// busy with the poll.
    ///
    /// Without a poll under way the next one returns at once.
    public nonisolated func interruptPoll() {
        guard let queue = rd_kafka_queue_get_consumer(handle.pointer) else { return }
        rd_kafka_queue_yield(queue)
        rd_kafka_queue_destroy(queue)
    }

    /// Commits the offsets to read next, and returns once the group's coordinator has them, or after 10 s.
    ///
    /// - Throws: ``KafkaError``; with `isAssignmentLost` the group has gone on without this member,
    ///   and the records come again to whoever holds the partitions now.
    public nonisolated func commit(_ offsets: [TopicPartition: Int64]) async throws {
        guard !offsets.isEmpty else { return }
        try await commits.run {
            let answers = EventQueue(self.handle.pointer)
            let list = PartitionList(offsets)
            let code = list.lend { rd_kafka_commit_queue(self.handle.pointer, $0, answers.pointer, nil, nil) }
            try KafkaError.check(code, in: "commit")
            try answers.answer(within: min(self.sessionTimeout, .seconds(10)), to: "commit") { event in
                guard let list = rd_kafka_event_topic_partition_list(event)?.pointee else { return }
                for element in list.elements {
                    try KafkaError.check(element.err, in: "commit \(element.topicPartition)")
                }
            }
        }
    }

    /// Leaves the group, so that its other members take over at once; a static member's place is
    /// kept for `session.timeout.ms`. Closing again does nothing, and so does closing what failed
    /// for good.
    ///
    /// - Throws: ``KafkaError`` when the brokers are away for 3 s.
    public func close() throws {
        guard !isClosed else { return }
        isClosed = true
        let events = EventQueue(handle.pointer)
        if let error = rd_kafka_consumer_close_queue(handle.pointer, events.pointer) {
            let error = KafkaError(consuming: error, in: "close")
            if error.isFatal { return }
            throw error
        }
        rebalancing.leave(handle.pointer)
        let deadline = ContinuousClock.now + .seconds(3)
        while rd_kafka_consumer_closed(handle.pointer) == 0 {
            guard ContinuousClock.now < deadline else { throw KafkaError(.timedOut, in: "close") }
            guard let event = rd_kafka_queue_poll(events.pointer, 50) else { continue }
            answerWhileClosing(event)
        }
    }

    /// Takes an event off the queue of a consumer that is closing: gives partitions up when asked to, and lets go
    /// of records that were fetched already. As events and not as callbacks, since librdkafka aborts the process
    /// over a record among callbacks.
    private func answerWhileClosing(_ event: OpaquePointer) {
        defer { rd_kafka_event_destroy(event) }
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE,
            let partitions = rd_kafka_event_topic_partition_list(event)
        else { return }
        rebalancing.handle(handle.pointer, rd_kafka_event_error(event), partitions)
        rebalancing.leave(handle.pointer)
    }

    func checkOpen(_ operation: String) throws {
        guard !isClosed else { throw KafkaError(.closed, in: operation) }
    }

    private func take(_ message: UnsafeMutablePointer<rd_kafka_message_t>, _ gathered: inout Gathered) throws {
        defer { rd_kafka_message_destroy(message) }
        let code = message.pointee.err
        if code == RD_KAFKA_RESP_ERR_NO_ERROR {
            gathered.append(message)
        } else if let fatal = KafkaError(fatalIn: handle.pointer, during: "poll") {
            throw fatal
        } else {
            let reason = rd_kafka_message_errstr(message).map { String(cString: $0) }
            let error = KafkaError(.init(code), in: "poll", reason: reason)
            context.warn(error)
            gathered.trouble = error
        }
    }
}

/// The records of one poll.
struct Gathered {
    private(set) var records: [Record] = []
    private(set) var bytes = 0
    var trouble: KafkaError?
    private var names = TopicNameCache()

    var isEmpty: Bool { records.isEmpty && trouble == nil }

    mutating func append(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        records.append(Record(copying: message, topic: names.name(of: message)))
        bytes += message.pointee.len + message.pointee.key_len
    }

    /// What was gathered before partitions were wanted back comes again at their next holder.
    func records(without revoked: [TopicPartition]) -> [Record] {
        guard !revoked.isEmpty, !records.isEmpty else { return records }
        let revoked = Set(revoked)
        return records.filter { !revoked.contains($0.position.topicPartition) }
    }
}
