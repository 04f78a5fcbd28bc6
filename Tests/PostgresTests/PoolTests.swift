import Failures
import Logging
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct PoolTests {
    @Test("no more sessions are opened than the pool has connections")
    func bound() async throws {
        try await withTestDatabase(connections: 3) { database, _ in
            let backends = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        try await database.run("select pg_backend_pid(), pg_sleep(0.01)")[0].decode(Int.self)
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(backends.count == 3)
        }
    }

    @Test("a quiet service keeps to one session")
    func idleFirst() async throws {
        try await withTestDatabase(connections: 4) { database, _ in
            var backends: Set<Int> = []
            for _ in 0..<10 { backends.insert(try await database.backend()) }
            #expect(backends.count == 1)
        }
    }

    @Test("the caller beyond the line is refused with a clear error, and those in it are served")
    func boundedWaiters() async throws {
        try await withTestDatabase { other, url in
            let database = Database(url: url, connections: 1, maximumWaiters: 2, logger: TestDatabase.quietLogger)
            let gate = other.makeConnection()
            try await gate.run("select pg_advisory_lock(2)")
            let refusals = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                group.addTask { try await refusal { try await database.run(Self.holdUntilOpen) } }
                while try await other.holders(of: 1) == 0 { await Task.yield() }
                for _ in 0..<5 { group.addTask { try await refusal { try await database.run("select 1") } } }
                var outcomes: [PostgresError?] = []
                while outcomes.count < 3, let outcome = try await group.next() { outcomes.append(outcome) }
                await gate.close()
                for try await outcome in group { outcomes.append(outcome) }
                return outcomes.compactMap(\.self)
            }
            #expect(refusals.count == 3)
            #expect(refusals.allSatisfy { $0.code == .poolExhausted && $0.isAway })
            #expect(refusals.first?.description.contains("1 connections are taken and 2 callers wait") == true)
            await database.close()
        }
    }

    /// Takes lock 1, then waits until nobody holds lock 2.
    private static let holdUntilOpen: SQL = "select pg_advisory_lock(1), pg_advisory_lock(2)"

    @Test("a caller that is cancelled leaves the line")
    func cancelledWaiter() async throws {
        try await withTestDatabase { other, url in
            let database = Database(url: url, connections: 1, maximumWaiters: 1, logger: TestDatabase.quietLogger)
            let gate = other.makeConnection()
            try await gate.run("select pg_advisory_lock(2)")
            async let holder = database.run(Self.holdUntilOpen)
            while try await other.holders(of: 1) == 0 { await Task.yield() }
            for _ in 0..<20 {
                // Were one to stay, the next would be refused for want of a place.
                let waiter = Task { try await database.run("select 1") }
                while database.waiting == 0 { await Task.yield() }
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
                #expect(database.waiting == 0)
            }
            await gate.close()
            _ = try await holder
            #expect(try await database.run("select 1").count == 1)
            await database.close()
        }
    }

    @Test("a closed pool refuses callers, after those at work are done")
    func closing() async throws {
        try await withTestDatabase { other, url in
            let database = Database(url: url, connections: 1, logger: TestDatabase.quietLogger)
            async let holder = database.run("select pg_advisory_lock(1), pg_sleep(0.3)")
            while try await other.holders(of: 1) == 0 { await Task.yield() }
            await database.close()
            #expect(try await holder.count == 1)
            let error = try await #require(throws: PostgresError.self) { try await database.run("select 1") }
            #expect(error.code == .poolClosed)
            #expect(error.failureClass != .transient)
        }
    }

    @Test("a server that is not there is an error that may be retried")
    func noServer() async throws {
        let database = Database(
            url: "postgresql://nobody:secret@127.0.0.1:1/none",
            connections: 1,
            logger: TestDatabase.quietLogger
        )
        let error = try await #require(throws: PostgresError.self) { try await database.run("select 1") }
        #expect(error.failureClass == .transient)
        #expect(!"\(error)".contains("secret"))
    }

    @Test("a URL that cannot be understood is refused without being quoted")
    func badURL() async throws {
        let database = Database(
            url: "postgresql://user@host:secret/x?nonsense=1",
            connections: 1,
            logger: TestDatabase.quietLogger
        )
        let error = try await #require(throws: PostgresError.self) { try await database.run("select 1") }
        #expect(error.code == .invalidConnectionURL)
        #expect(error.failureClass != .transient)
        #expect(!"\(error)".contains("secret"))
    }
}

/// The error that `work` was refused with; `nil` when it was done.
private func refusal(_ work: () async throws -> Void) async throws -> PostgresError? {
    do {
        try await work()
        return nil
    } catch let error as PostgresError {
        return error
    }
}

extension Database {
    /// How many sessions hold the advisory lock.
    func holders(of lock: Int) async throws -> Int {
        try await run(
            """
            select count(*) from pg_locks join pg_database on oid = database
            where locktype = 'advisory' and objid = \(lock)::bigint::oid and granted and datname = current_database()
            """
        )[0].decode(Int.self)
    }
}
