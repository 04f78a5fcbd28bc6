import CRdKafka
import Executors
public import Logging

/// Reads records from topics as a member of a consumer group.
///
/// The actor runs on a queue of its own, so every call to librdkafka below may block
/// and none of them holds up the cooperative pool.
///
/// Partitions change hands only inside ``poll(upTo:patience:)``: what one poll returned can
/// be handled and committed before the next without the group taking it away. Poll again
/// within `max.poll.interval.ms`, or the group gives the partitions to others.
///
/// Defaults that differ from librdkafka's: no automatic commits, `auto.offset.reset=earliest`,
/// `partition.assignment.strategy=range`; `cooperative-sticky` works as well.
public actor Consumer {
    private static let defaults = [
        "auto.offset.reset": "earliest",
        "enable.auto.commit": "false",
        "enable.auto.offset.store": "false",
        "partition.assignment.strategy": "range",
        // How soon a topic is found that was not there when the consumer started.
        "topic.metadata.refresh.interval.ms": "10000",
    ]
    /// How many bytes of keys and values one poll gathers before it returns.
    private static let byteLimit = 64 << 20

    private let executor = BlockingExecutor(label: "kafka.consumer")
    let handle: ClientHandle
    let rebalancing: Rebalancing
    private let logger: Logger
    private let pollInterval: Duration
    /// How long a commit may take: then the group has gone on without this member.
    private let sessionTimeout: Duration
    /// Where the caller said that reading goes on, until a record has come from there.
    var starts: [TopicPartition: Int64] = [:]
    private var lastPoll = ContinuousClock.now
    private var isClosed = false

    /// The actor's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - topics: Those that are not there yet are read once they are.
    ///   - settings: librdkafka's own property names, which win over the defaults; `group.id` is
    ///     needed, `group.instance.id` makes the member a static one.
    ///   - assignment: Who answers when the group gives partitions.
    ///   - logger: Takes librdkafka's log, too.
    /// - Throws: ``KafkaError`` for a setting that librdkafka refuses.
    public init(
        topics: [String],
        settings: [String: String],
        assignment: AssignmentMode = .automatic,
        logger: Logger
    ) throws {
        let settings = try ClientSettings(defaults: Self.defaults, given: settings)
        rebalancing = Rebalancing(assignment, strategy: settings["partition.assignment.strategy"] ?? "")
        let context = ClientContext(logger: logger, rebalancing: rebalancing)
        let handle = try ClientHandle(.consumer, settings: settings, context: context) {
            rd_kafka_conf_set_rebalance_cb($0, rebalance)
        }
        try KafkaError.check(rd_kafka_poll_set_consumer(handle.pointer), in: "start consuming")
        let subscription = PartitionList(topics: topics)
        try KafkaError.check(subscription.lend { rd_kafka_subscribe(handle.pointer, $0) }, in: "subscribe")
        self.handle = handle
        self.logger = logger
        pollInterval = settings.duration("max.poll.interval.ms") ?? .seconds(300)
        sessionTimeout = settings.duration("session.timeout.ms") ?? .seconds(45)
    }

    /// The next records, at most `limit`: waits up to `patience` for a first one, then takes
    /// whatever else is already there, and what comes in while `gathering`. Returns at once when
    /// partitions were given or taken.
    ///
    /// What librdkafka complains of and goes on trying, such as a topic that is not there yet,
    /// is logged.
    ///
    /// - Throws: ``KafkaError`` when the consumer is closed or failed for good, such as when
    ///   another member took its `group.instance.id`.
    public func poll(upTo limit: Int, patience: Duration, gathering: Duration = .zero) throws -> Poll {
        try checkOpen("poll")
        if ContinuousClock.now - lastPoll > pollInterval { rebalancing.noteExpulsion() }
        defer { lastPoll = .now }
        var gathered = Gathered()
        var timeout = patience.milliseconds
        var deadline: ContinuousClock.Instant?
        while gathered.records.count < limit, gathered.bytes < Self.byteLimit {
            let message = rd_kafka_consumer_poll(handle.pointer, timeout)
            if gathering > .zero, deadline == nil { deadline = .now + gathering }
            timeout = deadline.map { max(.zero, $0 - .now).milliseconds } ?? 0
            if let message { try take(message, &gathered) }
            if message == nil || rebalancing.hasNews { break }
        }
        let news = rebalancing.takeNews()
        let records = gathered.records(without: news.revoked)
        forgetStarts(of: news.revoked, and: records)
        return Poll(
            records: records,
            assigned: news.assigned,
            revoked: news.revoked,
            isLost: news.isLost
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

    /// Answers `Poll.assigned` in manual mode: reading starts at `offsets`, and at the group's
    /// commits in the assigned partitions that are not among them.
    ///
    /// Partitions that the group did not give, or has taken back, are ignored.
    public func assign(_ offsets: [TopicPartition: Offset]) throws {
        try checkOpen("assign")
        guard let pending = rebalancing.takePending() else { return }
        var starts: [TopicPartition: Int64] = [:]
        for partition in pending { starts[partition] = (offsets[partition] ?? .stored).rawValue }
        do {
            try PartitionList(starts).lend { try Kafka.assign($0, handle.pointer) }
            self.starts.merge(starts.filter { $0.value >= 0 }) { $1 }
        } catch {
            rebalancing.restorePending(pending)
            throw error
        }
    }

    /// Commits the offsets to read next, and returns once the group's coordinator has them.
    ///
    /// - Throws: ``KafkaError``; with `isAssignmentLost` the group has gone on without this member,
    ///   and the records come again to whoever holds the partitions now.
    public func commit(_ offsets: [TopicPartition: Int64]) throws {
        try checkOpen("commit")
        guard !offsets.isEmpty else { return }
        do {
            try send(PartitionList(offsets))
        } catch let error as KafkaError where error.isAssignmentLost {
            // In the midst of a rebalance the member still belongs to the group.
            if error.code != .rebalanceInProgress { rebalancing.noteExpulsion() }
            throw error
        }
    }

    /// Commits the offsets that follow `records`, and returns once the group's coordinator has them.
    public func commit(_ records: [Record]) throws {
        var next: [TopicPartition: Int64] = [:]
        for record in records {
            next[record.position.topicPartition, default: 0].formMaximum(record.position.offset + 1)
        }
        try commit(next)
    }

    /// Leaves the group, so that its other members take over at once; a static member's place is
    /// kept for `session.timeout.ms`. Closing again does nothing, and so does closing what failed
    /// for good.
    ///
    /// - Throws: ``KafkaError`` when the brokers are away for 10 s.
    public func close() throws {
        guard !isClosed else { return }
        isClosed = true
        let events = EventQueue(handle.pointer)
        if let error = rd_kafka_consumer_close_queue(handle.pointer, events.pointer) {
            let error = KafkaError(consuming: error, in: "close")
            if error.isFatal { return }
            throw error
        }
        let deadline = ContinuousClock.now + .seconds(10)
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
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE else { return }
        rebalancing.handle(
            handle.pointer,
            rd_kafka_event_error(event),
            rd_kafka_event_topic_partition_list(event)
        )
    }

    private func send(_ offsets: borrowing PartitionList) throws {
        let answers = EventQueue(handle.pointer)
        let code = offsets.lend { rd_kafka_commit_queue(handle.pointer, $0, answers.pointer, nil, nil) }
        try KafkaError.check(code, in: "commit")
        try answers.answer(within: sessionTimeout, to: "commit") { event in
            guard let list = rd_kafka_event_topic_partition_list(event)?.pointee else { return }
            for element in list.elements {
                try KafkaError.check(element.err, in: "commit \(element.topicPartition)")
            }
        }
    }

    func checkOpen(_ operation: String) throws {
        guard !isClosed else { throw KafkaError(.closed, in: operation) }
    }

    private func forgetStarts(of revoked: [TopicPartition], and records: [Record]) {
        guard !starts.isEmpty else { return }
        for partition in revoked { starts[partition] = nil }
        for record in records { starts[record.position.topicPartition] = nil }
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
            logger.warning("\(KafkaError(.init(code), in: "poll", reason: reason))")
        }
    }
}

/// The records of one poll.
struct Gathered {
    private(set) var records: [Record] = []
    private(set) var bytes = 0
    private var names = TopicNameCache()

    mutating func append(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        records.append(Record(copying: message, topic: names.name(of: message)))
        bytes += message.pointee.len + message.pointee.key_len
    }

    /// What was gathered before partitions were taken is another member's to handle.
    func records(without revoked: [TopicPartition]) -> [Record] {
        guard !revoked.isEmpty, !records.isEmpty else { return records }
        let revoked = Set(revoked)
        return records.filter { !revoked.contains($0.position.topicPartition) }
    }
}

extension Int64 {
    fileprivate mutating func formMaximum(_ other: Int64) {
        self = Swift.max(self, other)
    }
}
