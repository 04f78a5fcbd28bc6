public import Logging
public import Messages
public import Postgres
public import Runtime
public import ServiceLifecycle

/// Takes the records of an outbox to Kafka, in the order of their ids, each at least once.
///
/// Any number of processes may run one: a lease in `<schema>.outbox_relay` lets a single one publish, and when it is
/// gone, stands still or is cut off from PostgreSQL or the brokers, another goes on within some seconds. It publishes
/// by transactions of its own producer, whose name is the outbox's: the brokers shut out whoever comes late, and a
/// batch is there as a whole or not at all, so that nothing older comes after something newer of the same key.
///
/// A record is deleted when the brokers have it; whatever goes wrong before that makes it, and those after it, come
/// again in the same order. What the brokers refuse for good is set aside in `<schema>.outbox_refused`.
///
/// How it does stands in readiness and metrics: `outbox <schema>` is not ready while records wait for longer than
/// half a minute; `outbox_age_seconds` and `outbox_records_total` say how long and how many, `outbox_refused` how many
/// were set aside.
public struct OutboxRelay: Service {
    private static let interval = Duration.milliseconds(200)

    private let parts: Parts
    private let readiness: Readiness
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - outbox: Whose records to publish.
    ///   - database: Where the outbox is; the relay uses one connection of its own to it.
    ///   - kafka: librdkafka's settings; the relay makes and ends its own producer.
    ///   - namespace: Keeps this installation's producer apart from others' on the same brokers.
    ///   - readiness: Is told how the outbox does.
    public init(
        outbox: Outbox,
        database: Database,
        kafka: [String: String],
        namespace: TopicNamespace,
        readiness: Readiness,
        logger: Logger
    ) {
        self.init(outbox: outbox, database: database, readiness: readiness, logger: logger) { lease in
            try await KafkaPublisher(
                kafka,
                transactionalID: "\(namespace.prefix)outbox.\(outbox.schema).\(lease.outboxID)",
                logger: logger
            )
        }
    }

    /// - Parameters:
    ///   - leaseLength: For how long the lease holds from each renewal.
    ///   - observe: Told of each step, and may hold it up.
    init(
        outbox: Outbox,
        database: Database,
        readiness: Readiness,
        leaseLength: Duration = .seconds(5),
        logger: Logger,
        observe: @escaping @Sendable (Step) async throws -> Void = { _ in },
        makePublisher: @escaping @Sendable (Lease) async throws -> any Publisher
    ) {
        parts = Parts(
            outbox: outbox,
            connection: database.makeConnection(),
            makePublisher: makePublisher,
            leaseLength: leaseLength,
            observe: observe,
            logger: logger
        )
        self.readiness = readiness
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// A transaction was committed: look now instead of at the next interval.
    public func nudge() {
        signal.yield()
    }

    /// Publishes until graceful shutdown, which lets the batch in hand come to its end.
    /// - Throws: `CancellationError`.
    public func run() async throws {
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        signal.yield()
                        try await Task.sleep(for: Self.interval)
                    }
                }
                try await publish()
                group.cancelAll()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await parts.connection.close()
        try result.get()
    }

    private func publish() async throws {
        var tenure: Tenure?
        var pause = Pause()
        var health = RelayHealth(outbox: parts.outbox, readiness: readiness)
        for await _ in signals.cancelOnGracefulShutdown() {
            if Task.isCancelled { break }
            await health.look(by: parts.connection)
            guard pause.isOver else { continue }
            do {
                if tenure == nil {
                    tenure = try await Tenure.begin(parts)
                    if tenure != nil { parts.logger.info("publishes the outbox", metadata: metadata) }
                }
                if try await tenure?.drain() == false { signal.yield() }
                health.noteSuccess()
                pause.succeed(isActive: tenure != nil)
            } catch {
                await tenure?.end()
                tenure = nil
                if error is CancellationError, Task.isCancelled { break }
                health.note(error)
                fail(error, &pause)
            }
        }
        await tenure?.end()
        try Task.checkCancellation()
    }

    private var metadata: Logger.Metadata { ["schema": "\(parts.outbox.schema)"] }

    private func fail(_ error: any Error, _ pause: inout Pause) {
        if error is LeaseTaken {
            pause.succeed(isActive: false)
            return parts.logger.notice("another instance publishes the outbox now", metadata: metadata)
        }
        let delay = pause.fail(isDatabase: error is PostgresError)
        parts.logger.warning(
            "could not publish the outbox; trying again",
            metadata: metadata.merging(["error": "\(error)", "delay": "\(delay)"]) { $1 }
        )
    }
}

/// When a relay looks again.
private struct Pause {
    private var failures = 0
    private var due = ContinuousClock.now
    private static let database = Backoff(first: .milliseconds(200), limit: .seconds(10))
    /// So long that another, who may reach the brokers, gets the lease in between.
    private static let brokers = Backoff(first: .seconds(3), limit: .seconds(15))

    var isOver: Bool { ContinuousClock.now >= due }

    /// - Parameter isActive: Whether this relay publishes; if not, it looks again in about a second.
    mutating func succeed(isActive: Bool) {
        failures = 0
        due = .now + (isActive ? .zero : .milliseconds(.random(in: 800...1_200)))
    }

    /// - Returns: How long to wait.
    mutating func fail(isDatabase: Bool) -> Duration {
        failures += 1
        let delay = (isDatabase ? Self.database : Self.brokers).delay(attempt: failures)
        due = .now + delay
        return delay
    }
}
