import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct CancellationTests {
    @Test("cancelling the task cancels the statement on the server")
    func statement() async throws {
        try await withTestDatabase(connections: 2) { database, _ in
            let task = Task { try await database.run("select pg_advisory_lock(1), pg_sleep(50)") }
            while try await database.holders(of: 1) == 0 { await Task.yield() }
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            while try await database.holders(of: 1) > 0 { await Task.yield() }
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test("a cancelled transaction is undone, and the connection serves others")
    func transaction() async throws {
        try await withTestDatabase(connections: 2) { database, _ in
            try await database.run("create table item (n int)")
            let task = Task {
                try await database.transaction { connection in
                    try connection.run("insert into item values (1)")
                    try connection.run("select pg_sleep(50)")
                }
            }
            while try await database.busySessions() == 0 { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("a cancelled body cannot go on")
    func swallowedCancellation() async throws {
        try await withTestDatabase(connections: 2) { database, _ in
            try await database.run("create table item (n int)")
            let task = Task {
                try await database.transaction { connection in
                    _ = try? connection.run("select pg_sleep(50)")
                    try connection.run("insert into item values (1)")
                }
            }
            while try await database.busySessions() == 0 { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("a task that was cancelled before does nothing")
    func before() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                try await database.run("insert into item values (1)")
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("a cancellation never hits another caller's statement")
    func others() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            for round in 0..<100 {
                let task = Task { try await database.run("select pg_sleep(0.002)") }
                for _ in 0..<round * round { await Task.yield() }
                task.cancel()
                _ = try? await task.value
                let rows = try await database.run("select 1")
                #expect(rows.count == 1)
            }
        }
    }

    @Test("a pipeline, a COPY and a reading are cancelled as well")
    func otherOperations() async throws {
        try await withTestDatabase(connections: 2) { database, _ in
            try await database.execute(
                """
                create function slow() returns trigger language plpgsql as
                $$ begin perform pg_sleep(0.1); return new; end $$;
                create table item (n bigint);
                create trigger slow before insert on item for each row execute function slow();
                """
            )
            var rows = CopyRows()
            for n in 0..<500 as Range<Int64> {
                rows.beginRow(columns: 1)
                rows.append(n)
            }
            let copied = rows
            let operations: [@Sendable (isolated Connection) throws -> Void] = [
                { try $0.pipeline(["select 1", "select pg_sleep(50)", "select 2"]) },
                { try $0.copy("copy item from stdin (format binary)", copied) },
                { try $0.forEachRow("select pg_sleep(0.1) from generate_series(1, 500)") { _ in } },
                { try $0.execute("select 1; select pg_sleep(50)") },
            ]
            for operation in operations {
                let task = Task { try await database.withConnection(operation) }
                while try await database.busySessions() == 0 { await Task.yield() }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                #expect(try await database.count("item") == 0)
            }
        }
    }
}

extension Database {
    /// How many other sessions run a statement that sleeps or copies now.
    func busySessions() async throws -> Int {
        try await run(
            """
            select count(*) from pg_stat_activity where datname = current_database() and state = 'active'
            and pid <> pg_backend_pid() and (wait_event = 'PgSleep' or query ilike 'copy %')
            """
        )[0].decode(Int.self)
    }

    func execute(_ script: String) async throws {
        try await withConnection { try $0.execute(script) }
    }
}
