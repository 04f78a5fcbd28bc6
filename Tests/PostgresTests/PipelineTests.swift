import Failures
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct PipelineTests {
    @Test("each statement gets its own answer, in order")
    func answers() async throws {
        try await withTestDatabase { database, _ in
            let answers = try await database.pipeline((0..<2_000).map { "select \($0)::int, repeat('x', 500)" })
            let numbers = try answers.flatMap(\.self).decode(Int.self)
            #expect(numbers == Array(0..<2_000))
            #expect(try await database.pipeline([]).isEmpty)
        }
    }

    @Test("a statement that fails undoes the whole pipeline, and the session goes on", arguments: [0, 1, 2])
    func failure(position: Int) async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int primary key)")
            try await database.run("insert into item values (7)")
            var statements: [SQL] = [1, 2].map { "insert into item values (\($0))" }
            statements.insert("insert into item values (7)", at: position)
            let pipeline = statements
            let before = try await database.backend()
            let error = try await #require(throws: PostgresError.self) { try await database.pipeline(pipeline) }
            #expect(error.code == .uniqueViolation)
            #expect(try await database.count("item") == 1)
            #expect(try await database.backend() == before)
        }
    }

    @Test("a pipeline in a transaction is part of it")
    func inTransaction() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n int)")
            await #expect(throws: TransactionTests.Refusal.self) {
                try await database.transaction { connection in
                    try connection.pipeline((0..<10).map { "insert into item values (\($0))" })
                    throw TransactionTests.Refusal()
                }
            }
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("what comes again is prepared, also after a failure on the way, and after its table changed")
    func preparation() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            try await database.run("insert into item values (1)")
            let reading: SQL = "select * from item"
            for _ in 0..<3 {
                #expect(try await database.pipeline([reading, reading]).map(\.count) == [1, 1])
                await #expect(throws: PostgresError.self) { try await database.pipeline(["select 1/0", "select 5"]) }
                await #expect(throws: PostgresError.self) { try await database.pipeline(["select nonsense", reading]) }
            }
            let names = try await database.run("select statement from pg_prepared_statements").decode(String.self)
            #expect(names.filter { $0 == "select * from item" }.count == 1)
            try await database.run("alter table item add m int")
            // Whoever meets the change fails, and nobody after it.
            _ = try? await database.pipeline([reading])
            for _ in 0..<3 { #expect(try await database.pipeline([reading])[0].count == 1) }
        }
    }

    @Test("a parameter that cannot be sent fails the pipeline before it began")
    func unsendable() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            let before = try await database.backend()
            let error = try await #require(throws: PostgresError.self) {
                try await database.pipeline(["select 1", "select \("\0")::text"])
            }
            #expect(error.code == .invalidText)
            #expect(try await database.backend() == before)
        }
    }

    @Test("much in both directions at once does not get stuck")
    func bothDirections() async throws {
        try await withTestDatabase { database, _ in
            let text = String(repeating: "x", count: 100_000)
            let answers = try await database.pipeline((0..<200).map { _ in "select \(text)::text" })
            let lengths = try answers.flatMap(\.self).decode(String.self).map(\.utf8.count)
            #expect(lengths == Array(repeating: 100_000, count: 200))
        }
    }

    @Test("losing the connection in a pipeline is an error that may be retried")
    func loss() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            let error = try await #require(throws: PostgresError.self) {
                try await database.pipeline(["select 1", "select pg_terminate_backend(pg_backend_pid())", "select 2"])
            }
            #expect(error.failureClass == .transient)
            #expect(try await database.run("select 1").count == 1)
        }
    }
}

extension Database {
    /// Which session serves.
    func backend() async throws -> Int {
        try await run("select pg_backend_pid()")[0].decode(Int.self)
    }
}
