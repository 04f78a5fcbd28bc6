import Failures
import Postgres
import PostgresTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct TransactionTests {
    struct Refusal: Error {}

    @Test("what a transaction did is undone when its body throws")
    func rollback() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n int)")
            await #expect(throws: Refusal.self) {
                try await database.transaction { connection in
                    try connection.run("insert into item values (1)")
                    throw Refusal()
                }
            }
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("a transaction returns its body's value once it is committed")
    func commit() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n int)")
            let value = try await database.transaction { connection in
                try connection.run("insert into item values (1), (2)")
                return try connection.run("select sum(n) from item")[0].decode(Int.self)
            }
            #expect(value == 3)
            #expect(try await database.count("item") == 2)
        }
    }

    @Test("what is to be done after the commit is done once it has committed, and not for what was undone")
    func afterCommit() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n int)")
            let done = Mutex<[String]>([])
            let note: @Sendable (String) -> Void = { name in done.withLock { $0.append(name) } }
            try await database.transaction { connection in
                connection.afterCommit { note("kept") }
                _ = try? connection.savepoint { inner in
                    inner.afterCommit { note("undone") }
                    throw Refusal()
                }
                try connection.trial { $0.afterCommit { note("tried") } }
                try connection.run("insert into item values (1)")
                #expect(done.withLock(\.self).isEmpty)
            }
            await #expect(throws: Refusal.self) {
                try await database.transaction { connection in
                    connection.afterCommit { note("rolled back") }
                    throw Refusal()
                }
            }
            try await database.transaction { try $0.run("insert into item values (2)") }
            #expect(done.withLock(\.self) == ["kept"])
        }
    }

    @Test("what a transaction ends with is done with all the rest, also where there is no rest")
    func lastStatements() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n int)")
            for isAlone in [true, false, false] {
                try await database.transaction { connection in
                    if !isAlone { try connection.run("insert into item values (1)") }
                    try connection.end(with: ["insert into item values (2)", "insert into item select 3"])
                }
            }
            #expect(try await database.count("item") == 8)
        }
    }

    @Test("where one of the statements fails that a transaction ends with, nothing is done, and the connection goes on")
    func failureAtTheEnd() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int primary key)")
            for isAlone in [true, false, false] {
                let error = try await #require(throws: PostgresError.self) {
                    try await database.transaction { connection in
                        if !isAlone { try connection.run("insert into item values (1)") }
                        try connection.end(with: ["insert into item values (2)", "insert into item values (2)"])
                    }
                }
                #expect(error.code == .uniqueViolation)
                #expect(try await database.count("item") == 0)
            }
        }
    }

    @Test("what a transaction was to end with is forgotten when its body throws")
    func refusalBeforeTheEnd() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            await #expect(throws: Refusal.self) {
                try await database.transaction { connection in
                    try connection.run("insert into item values (1)")
                    try connection.end(with: ["insert into item values (2)"])
                    throw Refusal()
                }
            }
            try await database.transaction { try $0.run("insert into item values (3)") }
            #expect(try await database.count("item") == 1)
        }
    }

    @Test("what comes after the last statements is refused, and the transaction with it, also where that is swallowed")
    func overrun() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            let insertion: SQL = "insert into item values (1)"
            let excesses: [@Sendable (isolated Connection) throws -> Void] = [
                { try $0.run(insertion) }, { try $0.pipeline([insertion]) }, { try $0.end(with: [insertion]) },
                { try $0.savepoint { _ in } },
            ]
            for excess in excesses {
                for isSwallowed in [false, true] {
                    let error = try await #require(throws: PostgresError.self) {
                        try await database.transaction { connection in
                            try connection.run(insertion)
                            try connection.end(with: [insertion])
                            do { try excess(connection) } catch { if !isSwallowed { throw error } }
                        }
                    }
                    #expect(error.code == .transactionEnded)
                    #expect(try await database.count("item") == 0)
                }
            }
            try await database.transaction { try $0.end(with: [insertion]) }
            #expect(try await database.count("item") == 1)
        }
    }

    @Test("neither a savepoint nor what is no transaction ends with statements")
    func endOfWhatDoesNotEnd() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            let inSavepoint = try await #require(throws: PostgresError.self) {
                try await database.transaction { connection in
                    try connection.savepoint { try $0.end(with: ["insert into item values (1)"]) }
                }
            }
            #expect(inSavepoint.code == .transactionEnded)
            let outside = try await #require(throws: PostgresError.self) {
                try await database.withConnection { try $0.end(with: ["insert into item values (1)"]) }
            }
            #expect(outside.code == .noActiveTransaction)
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("where the session was lost before the last statements nothing is done, and it is known that nothing was")
    func lossBeforeTheEnd() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            let error = try await #require(throws: PostgresError.self) {
                try await database.transaction { connection in
                    try connection.run("insert into item values (1)")
                    _ = try? connection.run("select pg_terminate_backend(pg_backend_pid())")
                    try connection.end(with: ["insert into item values (2)"])
                }
            }
            #expect(error.failureClass == .transient)
            #expect(error.code != .commitUnknown)
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("an error that the body swallowed does not pass for a commit")
    func swallowedError() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n int)")
            let error = try await #require(throws: PostgresError.self) {
                try await database.transaction { connection in
                    try connection.run("insert into item values (1)")
                    _ = try? connection.run("select nonsense")
                }
            }
            #expect(error.code == .inFailedTransaction)
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("a savepoint undoes its own part alone")
    func savepoints() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n int primary key)")
            try await database.transaction { connection in
                for n in [1, 2, 2, 3] {
                    do {
                        try connection.savepoint { try $0.run("insert into item values (\(n))") }
                    } catch let error as PostgresError where error.code == .uniqueViolation {}
                }
            }
            #expect(try await database.count("item") == 3)
        }
    }

    @Test("a transaction inside a transaction is refused")
    func nesting() async throws {
        try await withTestDatabase { database, _ in
            let error = try await #require(throws: PostgresError.self) {
                try await database.transaction { try $0.transaction { try $0.run("select 1") } }
            }
            #expect(error.code == .activeTransaction)
        }
    }

    @Test("a session that was lost in the middle does not go on outside the transaction")
    func lossInTheMiddle() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            let error = try await #require(throws: PostgresError.self) {
                try await database.transaction { connection in
                    try connection.run("insert into item values (1)")
                    _ = try? connection.run("select pg_terminate_backend(pg_backend_pid())")
                    try connection.run("insert into item values (2)")
                }
            }
            #expect(error.failureClass == .transient)
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("concurrent read-modify-write transactions lose nothing")
    func concurrency() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table counter (n int)")
            try await database.run("insert into counter values (0)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await database.transaction { connection in
                            let n = try connection.run("select n from counter for update")[0].decode(Int.self)
                            try connection.run("update counter set n = \(n + 1)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await database.run("select n from counter")
            #expect(try rows.decode(Int.self) == [100])
        }
    }

    @Test("a transaction whose first statement could not be sent is one all the same")
    func unsendable() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            await #expect(throws: Refusal.self) {
                try await database.transaction { connection in
                    _ = try? connection.run("select \("\0")::text")
                    try connection.run("insert into item values (1)")
                    throw Refusal()
                }
            }
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("a transaction begins with whatever comes first, and with nothing where nothing comes")
    func beginnings() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            let insertion: SQL = "insert into item values (1)"
            let beginnings: [@Sendable (isolated Connection) throws -> Void] = [
                { try $0.run(insertion) }, { try $0.pipeline([insertion, insertion]) },
                { try $0.execute("insert into item values (1)") },
                {
                    try $0.copy("copy item (n) from stdin (format binary)", [Int32(1)]) { rows, n in
                        rows.beginRow(columns: 1)
                        rows.append(n)
                    }
                },
                { try $0.forEachRow("insert into item values (1) returning n") { _ in } },
                { _ = try $0.savepoint { try $0.run(insertion) } },
            ]
            for begin in beginnings {
                await #expect(throws: Refusal.self) {
                    try await database.transaction { connection in
                        try begin(connection)
                        throw Refusal()
                    }
                }
                #expect(try await database.count("item") == 0)
            }
            let before = try await database.backend()
            try await database.transaction { _ in }
            #expect(try await database.backend() == before)
        }
    }

    @Test("a transaction that was left open by hand does not reach the next caller")
    func openTransaction() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            try await database.withConnection { connection in
                try connection.run("begin")
                try connection.run("insert into item values (1)")
            }
            #expect(try await database.count("item") == 0)
        }
    }
}

extension Database {
    func count(_ table: String) async throws -> Int {
        try await run("select count(*) from \(identifier: table)")[0].decode(Int.self)
    }
}
