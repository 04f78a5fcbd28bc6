import CRdKafka
public import Logging
public import ServiceLifecycle

/// Writes records to Kafka and says where each one landed.
///
/// There is no poll loop: librdkafka's own background thread brings the delivery reports,
/// and the last report of a batch resumes the task that waits for it.
///
/// Idempotent, with the partitioner of Java's clients (`murmur2_random`), lz4, a linger of 5 ms
/// and a `delivery.timeout.ms` of 30 s, unless the settings say otherwise.
///
/// What is on its way is bounded by `queue.buffering.max.messages` and
/// `queue.buffering.max.kbytes`; a send that finds no room waits for it.
public final class Producer: Service, Sendable {
    private static let defaults = [
        "enable.idempotence": "true",
        "partitioner": "murmur2_random",
        "compression.codec": "lz4",
        "linger.ms": "5",
        "delivery.timeout.ms": "30000",
        "queue.buffering.max.kbytes": "131072",
    ]

    private let handle: ClientHandle
    private let logger: Logger
    private let failures: AsyncStream<KafkaError>
    /// How long a record may wait for room in the queue: as long as for its delivery.
    private let patience: Duration

    /// - Parameters:
    ///   - settings: librdkafka's own property names, such as `bootstrap.servers` and
    ///     `message.max.bytes`; they win over the defaults.
    ///   - logger: Takes librdkafka's log, too.
    /// - Throws: ``KafkaError`` for a setting that librdkafka refuses.
    public init(settings: [String: String], logger: Logger) throws {
        let settings = Self.defaults.merging(settings) { $1 }
        let (failures, failure) = AsyncStream.makeStream(of: KafkaError.self, bufferingPolicy: .bufferingOldest(1))
        let context = ClientContext(logger: logger, failures: failure)
        handle = try ClientHandle(.producer, settings: settings, context: context) {
            rd_kafka_conf_set_events($0, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR)
            rd_kafka_conf_set_background_event_cb($0, take)
        }
        handle.serveEventsInBackground()
        self.logger = logger
        self.failures = failures
        let timeout = settings["message.timeout.ms"] ?? settings["delivery.timeout.ms"]
        let milliseconds = timeout.flatMap(Int.init) ?? 0
        patience = milliseconds > 0 ? .milliseconds(milliseconds) : .seconds(Int32.max)
    }

    /// Sends a record and returns once the brokers have it.
    ///
    /// - Throws: ``KafkaError``, retriable when the brokers did not answer in
    ///   `delivery.timeout.ms`; the record may have been written all the same.
    public func send(_ record: OutgoingRecord) async throws -> Position {
        try await send([record])[0]
    }

    /// Sends records together and returns once the brokers have them all.
    ///
    /// Records of one partition keep their order. While the queue is full it waits. What was
    /// handed over cannot be called back: a cancelled call hands over no more, waits for the
    /// reports of the rest, and throws.
    ///
    /// - Returns: Where each record landed, in the order given.
    /// - Throws: The first record's ``KafkaError``, or `CancellationError`. Records before and
    ///   after that one may have been written; sending all of them again loses nothing.
    @discardableResult
    public func send(_ records: [OutgoingRecord]) async throws -> [Position] {
        guard !records.isEmpty else { return [] }
        let delivery = Delivery(count: records.count)
        var failure: (any Error)?
        do {
            try await handOver(records, delivery)
        } catch {
            failure = error
        }
        await delivery.wait()
        let positions = try delivery.positions(of: records)
        if let failure { throw failure }
        return positions
    }

    /// Waits until no record is on its way, at most `timeout`.
    public func flush(within timeout: Duration) async throws {
        let deadline = ContinuousClock.now + timeout
        while rd_kafka_outq_len(handle.pointer) > 0 {
            guard ContinuousClock.now < deadline else { throw KafkaError(.timedOut, in: "flush") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits for graceful shutdown, then for the reports of what is still on its way.
    ///
    /// - Throws: The ``KafkaError`` that ended the client for good, as soon as there is one.
    public func run() async throws {
        for await failure in failures.cancelOnGracefulShutdown() { throw failure }
        try await flush(within: .seconds(10))
        logger.debug("flushed")
    }

    private func handOver(_ records: [OutgoingRecord], _ delivery: Delivery) async throws {
        let deadline = ContinuousClock.now + patience
        var next = 0
        while true {
            next = try enqueue(records, from: next, delivery)
            if next == records.count { return }
            guard ContinuousClock.now < deadline else {
                throw KafkaError(.queueFull, in: "produce to \(records[next].topic)")
            }
            // A full queue holds far more work than these milliseconds, so it never runs empty.
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Queues records from `index` on while there is room; returns the index of the next.
    private func enqueue(_ records: [OutgoingRecord], from index: Int, _ delivery: Delivery) throws -> Int {
        var writer = MessageWriter(handle.pointer)
        for index in index..<records.count {
            do {
                try writer.write(records[index], report: delivery.expect(index))
            } catch {
                delivery.withdraw()
                guard error.code == .queueFull else { throw error }
                return index
            }
        }
        return records.count
    }
}

/// Takes delivery reports and the client's failure. Runs on librdkafka's thread.
private func take(_ client: OpaquePointer?, _ event: OpaquePointer?, _ opaque: UnsafeMutableRawPointer?) {
    defer { rd_kafka_event_destroy(event) }
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_DR:
        while let message = rd_kafka_event_message_next(event) { Delivery.settle(message) }
    case RD_KAFKA_EVENT_ERROR:
        guard let client, let context = ClientContext.of(opaque) else { return }
        let reason = rd_kafka_event_error_string(event).map { String(cString: $0) }
        let error = KafkaError(KafkaError.Code(rd_kafka_event_error(event)), in: "produce", reason: reason)
        if let fatal = KafkaError(fatalIn: client, during: "produce") {
            context.failures?.yield(fatal)
        } else {
            context.logger.warning("\(error)")
        }
    default:
        break
    }
}
