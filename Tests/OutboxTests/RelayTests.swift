import Kafka
import KafkaTesting
import LogTesting
import Logging
@testable import Outbox
import Postgres
import PostgresTesting
import ServiceLifecycle
import Testing

@Suite(
    .timeLimit(.minutes(5)),
    .enabled(if: TestDatabase.isAvailable && Broker.isAvailable, "DATABASE_URL or KAFKA_BOOTSTRAP_SERVERS is missing")
)
struct RelayTests {
    @Test("records arrive as they were written, in their order")
    func order() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                let headers = [
                    Header("text", "é\"王"), Header("none", bytes: nil), Header("empty", ""),
                    Header("raw", bytes: [0, 255]), Header("text", "twice"),
                ]
                let sent = [
                    OutgoingRecord(topic: topic, key: "k", value: Array("first".utf8), headers: headers),
                    OutgoingRecord(topic: topic, key: "k", value: nil),
                    OutgoingRecord(topic: topic, key: nil, value: []),
                    OutgoingRecord(topic: topic, key: "ключ", value: [0, 1, 255]),
                ]
                try await database.transaction { try outbox.append(sent, on: $0) }
                try await withRelay(outbox, database) { _ in
                    let found = try await Topic(topic).read(sent.count)
                    #expect(found.map(\.value) == sent.map(\.value))
                    #expect(found.map { $0.key.map { String(decoding: $0, as: UTF8.self) } } == sent.map(\.key))
                    #expect(found[0].headers == headers)
                    try await eventually("deleted") {
                        try await database.waiting(in: outbox) == 0
                    }
                }
            }
        }
    }

    @Test("many batches keep their order")
    func manyBatches() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                try await withRelay(outbox, database) { relay in
                    for batch in 0..<20 {
                        try await database.append(batch * 150..<(batch + 1) * 150, to: topic, outbox)
                        relay.nudge()
                    }
                    let found = try await Topic(topic).read(3_000)
                    #expect(found.numbers == Array(0..<3_000))
                }
            }
        }
    }

    @Test("large records go in small batches")
    func largeRecords() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                let value = [UInt8](repeating: 7, count: 900_000)
                for _ in 0..<3 {
                    try await database.transaction { connection in
                        let records = (0..<10).map { _ in OutgoingRecord(topic: topic, key: "k", value: value) }
                        try outbox.append(records, on: connection)
                    }
                }
                let batch = try await database.withConnection { try outbox.oldest(on: $0).count }
                #expect((1...10).contains(batch))
                try await withRelay(outbox, database) { _ in
                    try await eventually("published") {
                        try await database.waiting(in: outbox) == 0
                    }
                }
                let counts = try await Topic(topic).count()
                #expect(counts == 30)
            }
        }
    }

    @Test("two relays at once do not reorder, and one takes over from the other")
    func twoRelays() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                let first = makeRelay(outbox, database)
                let second = makeRelay(outbox, database)
                let one = Task { try await first.run() }
                let two = Task { try await second.run() }
                for batch in 0..<10 {
                    try await database.append(batch * 100..<(batch + 1) * 100, to: topic, outbox)
                    first.nudge()
                    second.nudge()
                }
                try await eventually("published") { try await database.waiting(in: outbox) == 0 }
                let found = try await Topic(topic).readAll().numbers
                #expect(found == Array(0..<1_000))
                for task in [one, two] {
                    task.cancel()
                    _ = await task.result
                    try await database.append(1_000..<1_001, to: topic, outbox)
                    if task == one {
                        try await eventually("taken over") {
                            try await database.waiting(in: outbox) == 0
                        }
                    }
                }
            }
        }
    }

    @Test("what can wait goes with what cannot, and by itself in the end")
    func batching() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                try await withRelay(outbox, database) { relay in
                    let isDue = try await database.transaction { connection in
                        let records = (0..<3).map { n in
                            OutgoingRecord(topic: topic, key: "k", value: Array("\(n)".utf8))
                        }
                        try outbox.append(records, canWait: true, on: connection)
                        return try outbox.isDue(on: connection)
                    }
                    #expect(!isDue)
                    try await database.append(3..<4, to: topic, outbox)
                    relay.nudge()
                    try await eventually("published with the one that cannot wait") {
                        try await database.waiting(in: outbox) == 0
                    }
                    try await database.append(4..<6, to: topic, canWait: true, outbox)
                    try await eventually("published in the end") {
                        try await database.waiting(in: outbox) == 0
                    }
                }
                let found = try await Topic(topic).readAll().numbers
                #expect(found.firstOccurrences == Array(0..<6))
            }
        }
    }

    @Test("what was committed during an outage of the database is published after it")
    func databaseOutage() async throws {
        let test = try await TestDatabase.make()
        let database = test.database
        let outbox = Outbox(schema: "shop")
        try await Migrator(schema: "shop", migrations: outboxMigrations).run(on: database)
        try await Broker.withTopic("outbox") { topic in
            try await withRelay(outbox, database) { relay in
                for batch in 0..<8 {
                    try await database.append(batch * 200..<(batch + 1) * 200, to: topic, outbox)
                    relay.nudge()
                    if batch.isMultiple(of: 3) { try await test.terminateSessions() }
                    if batch == 4 {
                        try await test.setReachable(false)
                        try await test.setReachable(true)
                    }
                }
                try await eventually("published") {
                    try await database.waiting(in: outbox) == 0
                }
            }
            let found = try await Topic(topic).readAll().numbers
            #expect(found.firstOccurrences == Array(0..<1_600))
        }
        await test.drop()
    }

    @Test("graceful shutdown ends the relay")
    func shutdown() async throws {
        try await withOutbox { outbox, database in
            let relay = makeRelay(outbox, database)
            let group = ServiceGroup(services: [relay], logger: TestDatabase.quietLogger)
            let running = Task { try await group.run() }
            try await eventually("at work") {
                try await database.run("select from shop.outbox_relay where expires_at > now()").count > 0
            }
            await group.triggerGracefulShutdown()
            try await running.value
        }
    }
}

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct BrokerOutageTests {
    @Test("what the broker was away for is delivered when it is back, in order")
    func outage() async throws {
        try await withOutbox { outbox, database in
            let cluster = MockCluster()
            try cluster.createTopic("orders")
            try cluster.stopBrokers()
            let settings = cluster.settings.merging(["delivery.timeout.ms": "1000"]) { $1 }
            let warnings = LogLines(from: .warning)
            try await withRelay(outbox, database, settings: settings, logger: warnings.logger) { relay in
                try await database.append(0..<100, to: "orders", outbox)
                relay.nudge()
                try await eventually("a delivery has timed out") { !warnings.all.isEmpty }
                let left = try await database.waiting(in: outbox)
                #expect(left == 100)
                try cluster.startBrokers()
                try await database.append(100..<200, to: "orders", outbox)
                try await eventually("published") {
                    try await database.waiting(in: outbox) == 0
                }
            }
            let found = try await Topic("orders", settings: cluster.settings).read(200).numbers
            #expect(found.firstOccurrences == Array(0..<200))
        }
    }

    @Test("it stops in time while the brokers take everything and answer nothing")
    func stopsInTime() async throws {
        try await withOutbox { outbox, database in
            let cluster = MockCluster()
            try cluster.createTopic("orders")
            // Read, and read in vain, before the brokers fall silent.
            let stopper = Stopper(at: .read, time: 3)
            let relay = makeRelay(outbox, database, settings: cluster.settings, stoppedBy: stopper)
            let group = ServiceGroup(services: [relay], logger: TestDatabase.quietLogger)
            let running = Task { try await group.run() }
            try await database.append(0..<1, to: "orders", outbox)
            try await eventually("published") { try await database.waiting(in: outbox) == 0 }
            try await database.append(1..<2, to: "orders", outbox)
            try await eventually("about to publish") { stopper.isReached }
            try cluster.delayAnswers(by: .seconds(3_600))
            let start = ContinuousClock.now
            stopper.wake()
            await group.triggerGracefulShutdown()
            try await running.value
            #expect(ContinuousClock.now - start < .seconds(6))
        }
    }
}
