import Kafka
import KafkaTesting
@testable import Outbox
import Postgres
import PostgresTesting
import ServiceLifecycle
import Synchronization
import Testing

@Suite(
    .timeLimit(.minutes(5)),
    .enabled(if: TestDatabase.isAvailable && Broker.isAvailable, "DATABASE_URL or KAFKA_BOOTSTRAP_SERVERS is missing")
)
struct TakeoverTests {
    /// Between any two steps.
    static let stops: [(OutboxRelay.Step, Int)] = [
        (.claimed, 1), (.ready, 1), (.read, 1), (.sent, 1), (.deleted, 1), (.read, 2), (.sent, 2), (.deleted, 2),
    ]

    @Test(
        "whoever stands still between any two steps is followed within the lease, and does no harm later",
        arguments: stops
    )
    func stopped(_ step: OutboxRelay.Step, time: Int) async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                for batch in 0..<3 { try await database.append(batch * 400..<(batch + 1) * 400, to: topic, outbox) }
                let stopper = Stopper(at: step, time: time)
                let sleeper = makeRelay(outbox, database, stoppedBy: stopper)
                let sleeping = Task { try await sleeper.run() }
                try await eventually("at the step") { stopper.isReached }
                try await withRelay(makeRelay(outbox, database, stoppedBy: nil)) { _ in
                    try await eventually("another goes on") {
                        try await database.waiting(in: outbox) == 0
                    }
                    stopper.wake()
                    try await database.append(1_200..<1_300, to: topic, outbox)
                    try await eventually("published") {
                        try await database.waiting(in: outbox) == 0
                    }
                }
                // The one that woke up goes on as if nothing had been.
                try await database.append(1_300..<1_400, to: topic, outbox)
                try await eventually("published by the first") {
                    try await database.waiting(in: outbox) == 0
                }
                sleeping.cancel()
                _ = await sleeping.result
                let found = try await Topic(topic).readAll().numbers
                #expect(found.firstOccurrences == Array(0..<1_400))
                // What the brokers had and was not deleted comes once more, as a whole; else each comes once.
                let repeated = step == .sent ? 500 : 0
                #expect(found.count == 1_400 + repeated)
                #expect(found.last == 1_399)
                #expect(found.descents <= (step == .sent ? 1 : 0))
            }
        }
    }

    @Test("a relay that is killed again and again at any step loses nothing and keeps the order")
    func killed() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                for batch in 0..<10 { try await database.append(batch * 300..<(batch + 1) * 300, to: topic, outbox) }
                for step in [OutboxRelay.Step.read, .sent, .claimed, .deleted, .ready, .sent] {
                    let stopper = Stopper(at: step)
                    let relay = makeRelay(outbox, database, stoppedBy: stopper)
                    let task = Task { try await relay.run() }
                    try await eventually("at the step") { stopper.isReached }
                    #expect(try await database.waiting(in: outbox) > 0)
                    task.cancel()
                    _ = await task.result
                }
                try await withRelay(makeRelay(outbox, database, stoppedBy: nil)) { _ in
                    try await eventually("published") {
                        try await database.waiting(in: outbox) == 0
                    }
                }
                let found = try await Topic(topic).readAll().numbers
                #expect(found.firstOccurrences == Array(0..<3_000))
                #expect(found.last == 2_999)
            }
        }
    }

    @Test("a relay that is cut off from PostgreSQL is followed by one that is not")
    func cutOffFromDatabase() async throws {
        let test = try await TestDatabase.make()
        let outbox = Outbox(schema: "shop")
        try await Migrator(schema: "shop", migrations: outboxMigrations).run(on: test.database)
        let (proxy, url) = try SwallowingProxy.before(test.url)
        let far = Database(url: url, connections: 1, logger: TestDatabase.quietLogger)
        try await Broker.withTopic("outbox") { topic in
            let cut = makeRelay(outbox, far, stoppedBy: nil)
            let running = Task { try await cut.run() }
            try await test.database.append(0..<10, to: topic, outbox)
            try await eventually("the first publishes") {
                try await test.database.waiting(in: outbox) == 0
            }
            proxy.swallow()
            try await test.database.append(10..<20, to: topic, outbox)
            try await withRelay(makeRelay(outbox, test.database, stoppedBy: nil)) { _ in
                try await eventually("the other goes on") {
                    try await test.database.waiting(in: outbox) == 0
                }
            }
            running.cancel()
            _ = await running.result
            let found = try await Topic(topic).readAll().numbers
            #expect(found == Array(0..<20))
        }
        proxy.close()
        await far.close()
        await test.drop()
    }

    @Test("a relay that cannot reach the brokers lets one that can go on")
    func cutOffFromBrokers() async throws {
        try await withOutbox { outbox, database in
            let failures = Atomic(0)
            let published = Atomic(0)
            // Longer than the test waits: it is given up, and does not run out.
            let cut = makeRelay(outbox, database, leaseLength: .seconds(60)) { _ in
                failures.add(1, ordering: .relaxed)
                throw KafkaError(.timedOut, in: "commit transaction")
            }
            try await database.append(0..<10, to: "t", outbox)
            try await withRelay(cut) { _ in
                try await eventually("it has tried") { failures.load(ordering: .relaxed) > 0 }
                try await withRelay(
                    makeRelay(outbox, database) { published.add($0.count, ordering: .relaxed) }
                ) { _ in
                    try await eventually("the other goes on") {
                        try await database.waiting(in: outbox) == 0
                    }
                }
            }
            #expect(published.load(ordering: .relaxed) == 10)
        }
    }

    @Test("sending that takes longer than the lease keeps it, and longer than patience lasts gives it up")
    func slowBrokers() async throws {
        try await withOutbox { outbox, database in
            let begun = Atomic(0)
            let slow = makeRelay(outbox, database) { _ in
                begun.add(1, ordering: .relaxed)
                try await Task.sleep(for: .seconds(90))
            }
            try await database.append(0..<10, to: "t", outbox)
            try await withRelay(slow) { _ in
                try await eventually("it sends") { begun.load(ordering: .relaxed) == 1 }
                let start = ContinuousClock.now
                try await withRelay(makeRelay(outbox, database) { _ in }) { _ in
                    try await eventually("the other goes on") {
                        try await database.waiting(in: outbox) == 0
                    }
                }
                let held = ContinuousClock.now - start
                #expect(held > shortLease * 3, "it was held for \(held)")
                #expect(held < .seconds(50))
            }
        }
    }

    @Test(
        "a record of another key that was committed late, under a lower id, while others were on their way is published too"
    )
    func lateCommit() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                let late = database.makeConnection()
                try await late.run("begin")
                try await late.append(OutgoingRecord(topic: topic, key: "late", value: Array("1".utf8)), outbox)
                try await database.append(2..<5, to: topic, key: "early", outbox)
                let stopper = Stopper(at: .sent)
                try await withRelay(makeRelay(outbox, database, stoppedBy: stopper)) { _ in
                    try await eventually("the early ones are sent") { stopper.isReached }
                    try await late.run("commit")
                    stopper.wake()
                    try await eventually("all are gone") {
                        try await database.waiting(in: outbox) == 0
                    }
                }
                #expect(try await Topic(topic).readAll().numbers == [2, 3, 4, 1])
                await late.close()
            }
        }
    }

    @Test("a relay that is asked to stop while database and brokers swallow every packet ends in time")
    func stopping() async throws {
        let test = try await TestDatabase.make()
        let outbox = Outbox(schema: "shop")
        try await Migrator(schema: "shop", migrations: outboxMigrations).run(on: test.database)
        let (proxy, url) = try SwallowingProxy.before(test.url)
        let far = Database(url: url, connections: 1, logger: TestDatabase.quietLogger)
        let begun = Atomic(0)
        let relay = makeRelay(outbox, far, leaseLength: .seconds(5)) { _ in
            begun.add(1, ordering: .relaxed)
            try await Task.sleep(for: .seconds(90))
        }
        try await test.database.append(0..<10, to: "t", outbox)
        let group = ServiceGroup(services: [relay], logger: quietest)
        let running = Task { try await group.run() }
        try await eventually("it sends") { begun.load(ordering: .relaxed) == 1 }
        proxy.swallow()
        let start = ContinuousClock.now
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(ContinuousClock.now - start < .seconds(19))
        proxy.close()
        await far.close()
        await test.drop()
    }

    @Test("graceful shutdown hands the outbox over at once")
    func handover() async throws {
        try await withOutbox { outbox, database in
            let relay = makeRelay(outbox, database, stoppedBy: nil)
            try await withRelay(relay) { _ in
                try await eventually("at work") { try await database.isRelayed() }
            }
            #expect(try await !database.isRelayed())
        }
    }
}

extension Connection {
    fileprivate func append(_ record: OutgoingRecord, _ outbox: Outbox) throws {
        try outbox.append([record], on: self)
    }
}

extension Database {
    /// Whether some relay has the lease.
    fileprivate func isRelayed() async throws -> Bool {
        try await run("select expires_at > now() from shop.outbox_relay")[0].decode(Bool.self)
    }
}

extension [Int] {
    /// How often a number is lower than the one before it.
    fileprivate var descents: Int { zip(self, dropFirst()).count { $1 < $0 } }
}
