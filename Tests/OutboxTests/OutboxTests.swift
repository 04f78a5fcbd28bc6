import Kafka
import KafkaTesting
import Outbox
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct OutboxTests {
    struct Refusal: Error {}

    @Test("a transaction that is rolled back leaves nothing to publish")
    func rollback() async throws {
        try await withOutbox { outbox, database in
            await #expect(throws: Refusal.self) {
                try await database.transaction { connection in
                    try outbox.append([OutgoingRecord(topic: "t", key: "k", value: [1])], on: connection)
                    throw Refusal()
                }
            }
            let left = try await database.waiting(in: outbox)
            #expect(left == 0)
        }
    }

    @Test("no records are no work")
    func none() async throws {
        try await withOutbox { outbox, database in
            try await database.transaction { try outbox.append([], on: $0) }
            let left = try await database.waiting(in: outbox)
            #expect(left == 0)
        }
    }

    @Test("the ids of a key follow the order of the commits, however the transactions overlap")
    func commitOrder() async throws {
        try await withOutbox(connections: 8) { outbox, database in
            try await database.run("create table shop.committed (n bigint generated always as identity, name text)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for n in 0..<64 {
                    group.addTask {
                        try await database.transaction { connection in
                            try outbox.append(
                                [
                                    OutgoingRecord(topic: "t", key: "b", value: Array("\(n)".utf8)),
                                    OutgoingRecord(topic: "t", key: "a", value: Array("\(n)".utf8)),
                                ],
                                on: connection
                            )
                            try connection.run("select pg_sleep(random() * 0.01)")
                            try connection.run("insert into shop.committed (name) values (\("\(n)"))")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let committed = try await database.run("select name from shop.committed order by n").decode(String.self)
            for key in ["a", "b"] {
                let rows = try await database.run(
                    "select convert_from(value, 'UTF8') from shop.outbox where key = \(key) order by id"
                )
                #expect(try rows.decode(String.self) == committed)
            }
        }
    }
}

/// Makes an outbox in schema `shop`.
let outboxMigrations = [
    Migration(version: 1, name: "outbox", sql: Outbox.migrationSQL(schema: "shop"))
]

/// Lends out a database with an empty outbox in schema `shop`.
func withOutbox(
    connections: Int = 4,
    _ body: (Outbox, Database) async throws -> Void
) async throws {
    try await withTestDatabase(connections: connections) { database, _ in
        try await Migrator(schema: "shop", migrations: outboxMigrations).run(on: database)
        try await body(Outbox(schema: "shop"), database)
    }
}

extension Database {
    /// How many records wait.
    func waiting(in outbox: Outbox) async throws -> Int {
        try await run("select count(*) from \(identifier: outbox.schema, "outbox")")[0].decode(Int.self)
    }

    /// Appends a record for each of `values`, in one transaction.
    func append(
        _ values: Range<Int>,
        to topic: String,
        key: String = "k",
        canWait: Bool = false,
        _ outbox: Outbox
    ) async throws {
        try await transaction { connection in
            try outbox.append(
                values.map { OutgoingRecord(topic: topic, key: key, value: Array("\($0)".utf8)) },
                canWait: canWait,
                on: connection
            )
        }
    }
}
