import Kafka
import KafkaTesting
import Logging
import Messages
import Outbox
import Postgres
import PostgresTesting
import Runtime

/// A topic that a test reads from its beginning.
struct Topic {
    private let name: String
    private let settings: [String: String]

    init(_ name: String, settings: [String: String] = Broker.settings) {
        self.name = name
        // Whole from its beginning: there the development broker, too, tells rightly what was committed.
        self.settings = settings.filter { $0.key != "development.broker" }
    }

    /// The first `count` records, as soon as they are there.
    func read(_ count: Int) async throws -> [Record] {
        try await read { records, _ in records.count >= count }
    }

    /// What is there now.
    func readAll() async throws -> [Record] {
        try await read { _, isCaughtUp in isCaughtUp }
    }

    /// How many records are there now.
    func count() async throws -> Int {
        try await readAll().count
    }

    private func read(until isDone: ([Record], Bool) -> Bool) async throws -> [Record] {
        let consumer = try BroadcastConsumer(
            topics: [name],
            from: .beginning,
            settings: settings,
            logger: TestDatabase.quietLogger
        )
        var records: [Record] = []
        do {
            while !isDone(records, try await consumer.isCaughtUp()) {
                records += try await consumer.next(upTo: 1_000, patience: .milliseconds(100))
                try Task.checkCancellation()
            }
        } catch {
            try await consumer.close()
            throw error
        }
        try await consumer.close()
        return records
    }
}

extension [Record] {
    /// The values, which are numbers, in the order of the topic.
    var numbers: [Int] {
        map { Int(String(decoding: $0.value ?? [], as: UTF8.self)) ?? -1 }
    }
}

extension [Int] {
    /// Each number where it came first.
    var firstOccurrences: [Int] {
        var seen: Set<Int> = []
        return filter { seen.insert($0).inserted }
    }
}

func makeRelay(
    _ outbox: Outbox,
    _ database: Database,
    settings: [String: String] = Broker.settings,
    readiness: Readiness = Readiness(),
    logger: Logger = quietest
) -> OutboxRelay {
    OutboxRelay(
        outbox: outbox,
        database: database,
        kafka: settings,
        namespace: .none,
        readiness: readiness,
        logger: logger
    )
}

/// Runs a relay beside `body`.
func withRelay(
    _ outbox: Outbox,
    _ database: Database,
    settings: [String: String] = Broker.settings,
    logger: Logger = quietest,
    _ body: (OutboxRelay) async throws -> Void
) async throws {
    try await withRelay(makeRelay(outbox, database, settings: settings, logger: logger), body)
}

/// Runs a relay beside `body`.
func withRelay(_ relay: OutboxRelay, _ body: (OutboxRelay) async throws -> Void) async throws {
    let running = Task { try await relay.run() }
    let result: Result<Void, any Error>
    do { result = .success(try await body(relay)) } catch { result = .failure(error) }
    running.cancel()
    _ = await running.result
    try result.get()
}

/// Outages are what some tests are about: their warnings are no news.
let quietest: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()
