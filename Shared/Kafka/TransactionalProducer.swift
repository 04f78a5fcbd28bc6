import CRdKafka
import Executors
import Failures
public import Logging

/// Writes records to Kafka in transactions, all of a batch or none, and never beside another producer of its name.
///
/// For relays: whoever calls ``initTransactions(within:)`` last is the only one that can write under the
/// `transactional.id`; every earlier one is fenced by the brokers, however long it slept (``KafkaError/isFenced``). No
/// record is ever given up in the middle of a batch, so that none overtakes another of its key. Readers see what was
/// committed (`isolation.level=read_committed`, librdkafka's default).
///
/// The actor runs on a queue of its own, where its calls wait for the brokers; a cancelled task is heard within half a
/// second.
public actor TransactionalProducer {
    /// How long librdkafka's calls block before cancellation is looked for.
    private static let slice: Int32 = 500

    private enum Progress {
        case idle
        /// Begun, and to be aborted if nothing comes of it.
        case open
        /// The brokers were asked to commit, and only they know whether they have: it can but be asked again.
        case committing
    }

    private let executor = BlockingExecutor(label: "kafka.transactions")
    private let handle: ClientHandle
    private var progress = Progress.idle
    /// Whether the last call said that nothing but aborting helps.
    private var hasToAbort = false

    /// The actor's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - settings: librdkafka's own property names, such as `bootstrap.servers`; they win over the defaults.
    ///   - transactionalID: The name that only the latest producer can write under.
    ///   - logger: Takes librdkafka's log, too.
    /// - Throws: ``KafkaError`` for a setting that librdkafka or this client refuses.
    public init(settings: [String: String], transactionalID: String, logger: Logger) throws {
        // How long a record may take is the transaction's to say.
        let given = settings.filter { $0.key != "delivery.timeout.ms" && $0.key != "message.timeout.ms" }
        let own = ["transactional.id": transactionalID, "delivery.timeout.ms": "0"]
        let settings = try ClientSettings(
            defaults: Producer.defaults,
            given: given,
            required: Producer.required.merging(own) { $1 }
        )
        handle = try ClientHandle(producing: settings, context: ClientContext(logger: logger))
    }

    /// Fences every earlier producer of this name and ends what it left open; needed once, before anything is sent.
    ///
    /// - Parameter timeout: How long the brokers may take.
    /// - Throws: ``KafkaError``, or `CancellationError`. Where the error is retriable it can be called again.
    public func initTransactions(within timeout: Duration = .seconds(30)) throws {
        try repeating("init transactions", within: timeout) { rd_kafka_init_transactions(handle.pointer, $0) }
    }

    /// Writes records in one transaction and returns once it is committed.
    ///
    /// - Parameters:
    ///   - records: Those of one partition keep their order.
    ///   - timeout: How long the brokers may take.
    /// - Throws: ``KafkaError``, or `CancellationError`. Permanent: one of the records is refused for good, and none of
    ///   them was written. Fatal: this producer can never write again, for ``KafkaError/isFenced`` because there is a
    ///   later one. Else they may have been written all the same; sending all of them again loses nothing.
    public func sendTransaction(_ records: [OutgoingRecord], within timeout: Duration = .seconds(30)) throws {
        guard !records.isEmpty else { return }
        try settle(within: timeout)
        try KafkaError.check(rd_kafka_begin_transaction(handle.pointer), in: "begin transaction")
        progress = .open
        let delivery = Delivery(count: records.count)
        defer { delivery.abandon() }
        do {
            try enqueue(records, delivery, within: timeout)
            try commit(within: timeout)
        } catch {
            if progress == .open { try? abort() }
            guard let code = delivery.failure, KafkaError(code, in: "").failureClass == .permanent else { throw error }
            throw KafkaError(code, in: "deliver")
        }
    }

    /// Ends what an earlier call had to leave open.
    private func settle(within timeout: Duration) throws {
        if progress == .committing {
            do {
                try commit(within: timeout)
            } catch {
                guard progress == .open else { throw error }
            }
        }
        if progress == .open { try abort() }
    }

    private func commit(within timeout: Duration) throws {
        progress = .committing
        do {
            try repeating("commit transaction", within: timeout) { rd_kafka_commit_transaction(handle.pointer, $0) }
            progress = .idle
        } catch {
            if hasToAbort { progress = .open }
            throw error
        }
    }

    private func enqueue(_ records: [OutgoingRecord], _ delivery: Delivery, within timeout: Duration) throws {
        let deadline = ContinuousClock.now + timeout
        var writer = MessageWriter(handle.pointer)
        var next = 0
        while true {
            next = try writer.write(records, from: next, delivery)
            if next == records.count { return }
            try Task.checkCancellation()
            guard ContinuousClock.now < deadline else { throw KafkaError(.queueFull, in: "produce") }
            rd_kafka_flush(handle.pointer, 10)
        }
    }

    /// Drops the open transaction. What was produced a moment ago is flushed before: librdkafka can lose its
    /// transaction's state otherwise (confluentinc/librdkafka#4849).
    private func abort() throws {
        rd_kafka_flush(handle.pointer, 1_000)
        try repeating("abort transaction", within: .seconds(2), isCancellable: false) {
            rd_kafka_abort_transaction(handle.pointer, $0)
        }
        progress = .idle
    }

    /// Calls again, as librdkafka means it, what did not come to its end in its slice of time.
    private func repeating(
        _ operation: String,
        within timeout: Duration,
        isCancellable: Bool = true,
        _ call: (_ milliseconds: Int32) -> OpaquePointer?
    ) throws {
        let deadline = ContinuousClock.now + timeout
        hasToAbort = false
        while let failure = call(Self.slice) {
            hasToAbort = rd_kafka_error_txn_requires_abort(failure) != 0
            let error = KafkaError(consuming: failure, in: operation)
            guard error.isRetriable, !error.isFatal, !hasToAbort, ContinuousClock.now < deadline else { throw error }
            if isCancellable { try Task.checkCancellation() }
        }
    }
}

extension KafkaError {
    /// Whether another producer of the same `transactional.id` was started after this one, which can never write again.
    public var isFenced: Bool { Self.fencingCodes.contains(code) }
}
