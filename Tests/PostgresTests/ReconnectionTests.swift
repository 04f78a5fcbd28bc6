import Failures
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct ReconnectionTests {
    @Test("the call that meets the loss fails and may be retried; the next one reconnects")
    func loss() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            let before = try await database.backend()
            let error = try await #require(throws: PostgresError.self) {
                try await database.run("select pg_terminate_backend(pg_backend_pid())")
            }
            #expect(error.failureClass == .transient)
            #expect(try await database.backend() != before)
        }
    }

    @Test("sessions that ended while they were idle are not met by anyone")
    func idleLoss() async throws {
        let test = try await TestDatabase.make(connections: 4)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await test.database.run("select pg_sleep(0.05)") } }
            try await group.waitForAll()
        }
        try await test.terminateSessions()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await test.database.run("select 1") } }
            try await group.waitForAll()
        }
        await test.drop()
    }

    @Test("a database that is away fails its callers, and serves them when it is back")
    func outage() async throws {
        let test = try await TestDatabase.make(connections: 2)
        try await test.database.run("select 1")
        try await test.setReachable(false)
        let error = try await #require(throws: PostgresError.self) { try await test.database.run("select 1") }
        #expect(error.failureClass == .transient)
        try await test.setReachable(true)
        try await test.database.run("select 1")
        await test.drop()
    }

    @Test("losing the connection while reading rows or copying may be retried")
    func lossInOperations() async throws {
        let test = try await TestDatabase.make(connections: 1)
        let database = test.database
        try await database.run("create table item (n bigint)")
        let reading = try await #require(throws: PostgresError.self) {
            try await database.withConnection { connection in
                try connection.forEachRow("select pg_terminate_backend(pg_backend_pid())") { _ in }
            }
        }
        #expect(reading.failureClass == .transient)
        try await database.execute(
            """
            create function die() returns trigger language plpgsql as
            $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
            create trigger die before insert on item for each row execute function die();
            """
        )
        var rows = CopyRows()
        for n in 0..<200_000 as Range<Int64> {
            rows.beginRow(columns: 1)
            rows.append(n)
        }
        let copied = rows
        let copying = try await #require(throws: PostgresError.self) {
            try await database.withConnection { try $0.copy("copy item from stdin (format binary)", copied) }
        }
        #expect(copying.failureClass == .transient)
        #expect(try await database.count("item") == 0)
        await test.drop()
    }
}
