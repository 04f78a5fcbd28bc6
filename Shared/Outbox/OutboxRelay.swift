public import Kafka
public import Logging
public import Postgres
public import ServiceLifecycle

/// Takes the records of an outbox to Kafka, in the order of their ids, each at least once.
///
/// Any number of processes may run one: a session's advisory lock lets a single one publish, and
/// another takes over about a second after it is gone. A record is deleted when the brokers have
/// acknowledged it; whatever goes wrong before that makes it, and those after it, come again in the
/// same order.
public struct OutboxRelay: Service {
    private static let interval = Duration.milliseconds(200)

    private let outbox: Outbox
    private let producer: Producer
    private let logger: Logger
    private let connection: Connection
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - outbox: Whose records to publish.
    ///   - database: Where the outbox is; the relay uses one connection of its own to it.
    ///   - producer: Must outlive the relay: list it before it in the service group.
    public init(outbox: Outbox, database: Database, producer: Producer, logger: Logger) {
        self.outbox = outbox
        self.producer = producer
        self.logger = logger
        connection = database.makeConnection()
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// A transaction was committed: look now instead of at the next interval.
    public func nudge() {
        signal.yield()
    }

    /// Publishes until graceful shutdown, which lets the batch in hand come to its end.
    /// - Throws: The ``KafkaError`` of a producer that can never work again; `CancellationError`.
    public func run() async throws {
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
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    private func publish() async throws {
        var round = Round()
        for await _ in signals.cancelOnGracefulShutdown() {
            try Task.checkCancellation()
            guard round.isDue else { continue }
            do {
                try await drain(&round)
            } catch let error as KafkaError where error.isFatal {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                await fail(error, &round)
            }
        }
        try Task.checkCancellation()
    }

    /// Publishes batch after batch until nothing waits.
    private func drain(_ round: inout Round) async throws {
        if !round.isActive {
            round.isActive = try await connection.perform { try outbox.claim(on: $0) }
            guard round.isActive else { return round.standBy() }
            logger.info("publishes the outbox", metadata: ["schema": "\(outbox.schema)"])
        }
        guard try await connection.perform({ try outbox.isDue(on: $0) }) else { return round.succeed() }
        while !Task.isShuttingDownGracefully {
            let entries = try await connection.perform { try outbox.oldest(on: $0) }
            guard !entries.isEmpty else { break }
            try await producer.send(entries.map(\.record))
            try await connection.perform { try outbox.delete(entries, on: $0) }
            logger.debug("published", metadata: ["schema": "\(outbox.schema)", "count": "\(entries.count)"])
        }
        round.succeed()
    }

    /// Gives the lock back, as it may be lost anyway, and waits longer each time.
    private func fail(_ error: any Error, _ round: inout Round) async {
        await connection.close()
        let delay = round.fail()
        logger.warning(
            "could not publish the outbox; trying again",
            metadata: ["schema": "\(outbox.schema)", "error": "\(error)", "delay": "\(delay)"]
        )
    }
}

/// Whether this relay is the one that publishes, and when it looks again.
private struct Round {
    /// Whether the connection's session holds the lock. Each loss of a session surfaces as an error once.
    var isActive = false
    private var failures = 0
    private var due = ContinuousClock.now

    var isDue: Bool { ContinuousClock.now >= due }

    mutating func succeed() {
        failures = 0
    }

    /// Another relay publishes: look again in about a second whether it is gone.
    mutating func standBy() {
        failures = 0
        due = .now + .milliseconds(.random(in: 800...1_200))
    }

    /// - Returns: How long to wait: 100 ms, doubled with each failure up to some 10 s, a quarter more or less.
    mutating func fail() -> Duration {
        isActive = false
        let delay = Duration.milliseconds(100 << min(failures, 7)) * Double.random(in: 0.75...1.25)
        failures += 1
        due = .now + delay
        return delay
    }
}
