import CRdKafka
public import Logging
public import ServiceLifecycle

/// Writes records to Kafka and says where each one landed.
///
/// There is no poll loop: librdkafka's own background thread brings the delivery reports,
/// and the last report of a batch resumes the task that waits for it.
///
/// Idempotent, with the partitioner of Java's clients (`murmur2_random`), whatever the settings say; lz4, a linger of
/// 5 ms and a `delivery.timeout.ms` of 30 s, unless they say otherwise.
///
/// What is on its way is bounded by `queue.buffering.max.messages` and
/// `queue.buffering.max.kbytes`; a send that finds no room waits for it.
public final class Producer: Service, Sendable {
    private let handle: ClientHandle
    private let logger: Logger
    private let failures: AsyncStream<KafkaError>
    /// How long a record may wait for room in the queue: as long as for its delivery.
    private let patience: Duration

    /// - Parameters:
    ///   - settings: librdkafka's own property names, such as `bootstrap.servers` and
    ///     `message.max.bytes`; they win over the defaults.
    ///   - logger: Takes librdkafka's log, too.
    /// - Throws: ``KafkaError`` for a setting that librdkafka or this client refuses.
    public init(settings: [String: String], logger: Logger) throws {
        let settings = try ClientSettings(
            defaults: Self.defaults.merging(["delivery.timeout.ms": "30000"]) { $1 },
            given: settings,
            required: Self.required
        )
        let (failures, failure) = AsyncStream.makeStream(of: KafkaError.self, bufferingPolicy: .bufferingOldest(1))
        handle = try ClientHandle(producing: settings, context: ClientContext(logger: logger, failures: failure))
        self.logger = logger
        self.failures = failures
        let timeout = settings.duration("delivery.timeout.ms") ?? .zero
        patience = timeout > .zero ? timeout : .seconds(Int32.max)
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
    /// handed over cannot be called back: a cancelled call throws at once, and its records may be written all the same.
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
            try await handOver(records) { try enqueue(records, from: $0, delivery) }
        } catch {
            failure = error
        }
        try await delivery.wait()
        let positions = try delivery.positions(of: records)
        if let failure { throw failure }
        return positions
    }

    /// Sends records together and says of each what became of it: one that is refused for good does not keep the others
    /// from being sent.
    ///
    /// - Returns: Where each record landed, or why not, in the order given.
    /// - Throws: The ``KafkaError`` of a client that finds no room or cannot go on, or `CancellationError`.
    func deliver(_ records: [OutgoingRecord]) async throws -> [Result<Position, KafkaError>] {
        guard !records.isEmpty else { return [] }
        let delivery = Delivery(count: records.count)
        var refusals: [Int: KafkaError] = [:]
        var failure: (any Error)?
        do {
            try await handOver(records) { try enqueue(records, from: $0, delivery, but: &refusals) }
        } catch {
            failure = error
        }
        try await delivery.wait()
        if let failure { throw failure }
        return delivery.outcomes(of: records, but: refusals)
    }

    /// Waits until no record is on its way, at most `timeout`.
    public func flush(within timeout: Duration) async throws {
        let deadline = ContinuousClock.now + timeout
        while rd_kafka_outq_len(handle.pointer) > 0 {
            guard ContinuousClock.now < deadline else { throw KafkaError(.timedOut, in: "flush") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits for graceful shutdown, then, for 3 s at most, for the reports of what is still on its way.
    ///
    /// - Throws: The ``KafkaError`` that ended the client for good, as soon as there is one.
    public func run() async throws {
        for await failure in failures.cancelOnGracefulShutdown() { throw failure }
        do {
            try await flush(within: .seconds(3))
            logger.debug("flushed")
        } catch let error as KafkaError {
            let count = rd_kafka_outq_len(handle.pointer)
            logger.warning("stopped with records on their way", metadata: ["count": "\(count)", "error": "\(error)"])
        }
    }

    /// - Parameter enqueue: Queues records from an index on while there is room, and returns the index of the next.
    private func handOver(_ records: [OutgoingRecord], _ enqueue: (_ index: Int) throws -> Int) async throws {
        let deadline = ContinuousClock.now + patience
        var next = 0
        while true {
            next = try enqueue(next)
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
        return try writer.write(records, from: index, delivery)
    }

    private func enqueue(
        _ records: [OutgoingRecord],
        from index: Int,
        _ delivery: Delivery,
        but refusals: inout [Int: KafkaError]
    ) throws -> Int {
        var writer = MessageWriter(handle.pointer)
        return try writer.write(records, from: index, delivery, but: &refusals)
    }
}
