import Failures
import Kafka
import KafkaTesting
@testable import Outbox
import Postgres
import PostgresTesting
import Runtime
import Synchronization
import Testing

@Suite(
    .timeLimit(.minutes(5)),
    .enabled(if: TestDatabase.isAvailable && Broker.isAvailable, "DATABASE_URL or KAFKA_BOOTSTRAP_SERVERS is missing")
)
struct RefusalTests {
    @Test("a record that is too large is refused in its transaction, and says by how much")
    func tooLarge() async throws {
        try await withOutbox { outbox, database in
            let value = [UInt8](repeating: 7, count: Outbox.largestRecord)
            let error = try await #require(throws: RecordTooLarge.self) {
                try await database.transaction { connection in
                    let small = OutgoingRecord(topic: "t", key: "k", value: [1])
                    try outbox.append([small, OutgoingRecord(topic: "t", key: "k", value: value)], on: connection)
                }
            }
            #expect(error.failureClass == .permanent)
            #expect(error.size > error.limit)
            #expect(error.limit == Outbox.largestRecord)
            #expect("\(error)".contains("\(error.size) bytes for t, key k"))
            #expect(try await database.waiting(in: outbox) == 0)
        }
    }

    @Test("key and headers count, too", arguments: ["key", "header"])
    func tooLargeBeside(_ what: String) async throws {
        try await withOutbox { outbox, database in
            let large = String(repeating: "x", count: Outbox.largestRecord)
            var record = OutgoingRecord(topic: "t", key: what == "key" ? large : "k", value: [1])
            if what == "header" { record.headers = [Header("h", large)] }
            let refused = record
            await #expect(throws: RecordTooLarge.self) {
                try await database.transaction { try outbox.append([refused], on: $0) }
            }
        }
    }

    @Test("the largest record that is taken is published with the clients' own limits")
    func largest() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                var record = OutgoingRecord(
                    topic: topic,
                    key: "k",
                    value: nil,
                    headers: (0..<20).map { Header("header-\($0)", "\($0)") }
                )
                record.value = []
                record.value = (0..<Outbox.largestRecord - Outbox.size(of: record)).map {
                    UInt8(truncatingIfNeeded: $0)
                }
                let largest = record
                try await database.transaction { try outbox.append([largest], on: $0) }
                try await withRelay(makeRelay(outbox, database, stoppedBy: nil)) { _ in
                    let found = try await Topic(topic).read(1)
                    #expect(found[0].value == largest.value)
                }
                #expect(try await database.refused().isEmpty)
            }
        }
    }

    @Test("what the brokers never take is set aside with its reason, and those after it go on in their order")
    func setAside() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                let settings = Broker.settings.merging(["message.max.bytes": "20000"]) { $1 }
                let bad: Set = [0, 7, 8, 99]
                try await database.transaction { connection in
                    let records = (0..<100).map { n in
                        OutgoingRecord(
                            topic: topic,
                            key: "k",
                            value: Array(String(repeating: "0", count: bad.contains(n) ? 30_000 : 0).utf8)
                                + Array("\(n)".utf8)
                        )
                    }
                    try outbox.append(records, on: connection)
                }
                let readiness = Readiness()
                try await withRelay(
                    makeRelay(outbox, database, settings: settings, readiness: readiness, stoppedBy: nil)
                ) { _ in
                    try await eventually("worked off") {
                        try await database.waiting(in: outbox) == 0
                    }
                    try await eventually("told") { !readiness.remarks.isEmpty }
                }
                let found = try await Topic(topic).readAll().numbers
                #expect(found == (0..<100).filter { !bad.contains($0) })
                let refused = try await database.refused()
                #expect(refused.count == bad.count)
                #expect(refused.allSatisfy { $0.contains("MSG_SIZE_TOO_LARGE") }, "\(refused)")
                #expect(readiness.isReady)
                #expect(readiness.remarks["outbox shop"]?.contains("4 records") == true)
            }
        }
    }

    @Test("a row that cannot be read is set aside, and those before and after it go on")
    func unreadable() async throws {
        try await withOutbox { outbox, database in
            try await Broker.withTopic("outbox") { topic in
                try await database.append(0..<3, to: topic, outbox)
                for headers in ["{}", "[1]", #"[["h", null, "no base64"]]"#] {
                    try await database.run(
                        """
                        insert into shop.outbox (topic, key, headers, value)
                        values (\(topic), 'k', \(headers)::jsonb, '\\x00')
                        """
                    )
                    try await database.append(3..<4, to: topic, outbox)
                }
                try await withRelay(makeRelay(outbox, database, stoppedBy: nil)) { _ in
                    try await eventually("worked off") {
                        try await database.waiting(in: outbox) == 0
                    }
                }
                #expect(try await Topic(topic).readAll().numbers == [0, 1, 2, 3, 3, 3])
                let refused = try await database.refused()
                #expect(refused == Array(repeating: "its headers cannot be read", count: 3))
            }
        }
    }

    @Test("while the brokers are away nothing is set aside, and readiness names them after half a minute")
    func trouble() async throws {
        try await withOutbox { outbox, database in
            let readiness = Readiness()
            let isAway = Atomic(true)
            let relay = makeRelay(outbox, database, readiness: readiness) { _ in
                if isAway.load(ordering: .relaxed) { throw KafkaError(.timedOut, in: "commit transaction") }
            }
            try await database.append(0..<3, to: "t", outbox)
            try await withRelay(relay) { _ in
                try await database.run("update shop.outbox set created_at = now() - interval '29 seconds'")
                try await eventually("not ready, for the brokers' reason") {
                    readiness.obstacles["outbox shop"]?.contains("commit transaction") == true
                }
                #expect(readiness.obstacles["outbox shop"]?.contains("waiting to be published for") == true)
                #expect(try await database.waiting(in: outbox) == 3)
                isAway.store(false, ordering: .relaxed)
                try await eventually("ready again") { readiness.isReady }
            }
            #expect(try await database.refused().isEmpty)
        }
    }
}

extension Database {
    /// Why records were set aside, in their order.
    fileprivate func refused() async throws -> [String] {
        try await run("select reason from shop.outbox_refused order by id").decode(String.self)
    }
}
