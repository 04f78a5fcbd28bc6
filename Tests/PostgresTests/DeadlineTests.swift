import Failures
import Logging
import Postgres
import PostgresTesting
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct DeadlineTests {
    @Test("a caller waits for a connection no longer than it may, and the next one is served")
    func acquire() async throws {
        try await withTestDatabase { other, url in
            let database = Database(url: url, connections: 1, logger: TestDatabase.quietLogger)
            let gate = other.makeConnection()
            try await gate.run("select pg_advisory_lock(2)")
            async let holder = database.run("select pg_advisory_lock(1), pg_advisory_lock(2)")
            while try await other.holders(of: 1) == 0 { await Task.yield() }
            let error = try await #require(throws: PostgresError.self) {
                try await database.run("select 1", within: .milliseconds(200))
            }
            #expect(error.code == .timedOut)
            #expect(error.failureClass == .transient)
            #expect(database.waiting == 0)
            await gate.close()
            _ = try await holder
            #expect(try await database.run("select 1", within: .seconds(10)).count == 1)
            await database.close()
        }
    }

    @Test("a statement that takes too long is cancelled on the server, and its caller told so")
    func statement() async throws {
        try await withTestDatabase { database, _ in
            let error = try await #require(throws: PostgresError.self) {
                try await database.run("select pg_advisory_lock(1), pg_sleep(50)", within: .milliseconds(200))
            }
            #expect(error.code == .timedOut)
            while try await database.holders(of: 1) > 0 { await Task.yield() }
        }
    }

    @Test("a database that swallows every packet lets its caller go", arguments: [Phase.statement, .connecting])
    func swallowed(_ phase: Phase) async throws {
        try await withProxy { database, proxy in
            if phase == .statement { try await database.run("select 1") }
            proxy.swallow()
            let start = ContinuousClock.now
            let error = try await #require(throws: PostgresError.self) {
                try await database.run("select 1", within: .seconds(1))
            }
            #expect(error.code == .timedOut)
            #expect(ContinuousClock.now - start < .seconds(20))
            proxy.pass()
            #expect(try await database.run("select 1").count == 1)
        }
    }

    @Test("who is cancelled does not wait for a database that swallows every packet", arguments: Phase.allCases)
    func cancelled(_ phase: Phase) async throws {
        try await withProxy { database, proxy in
            if phase != .connecting { try await database.run("create table item (n bigint)") }
            let hasBegun = AsyncStream.makeStream(of: Void.self)
            if phase != .rollback { proxy.swallow() }
            let task = Task {
                hasBegun.continuation.yield()
                switch phase {
                case .connecting, .statement: try await database.run("select 1")
                case .rollback:
                    try await database.transaction { connection in
                        try connection.run("insert into item values (1)")
                        proxy.swallow()
                        throw Refusal()
                    }
                case .copy:
                    try await database.withConnection { connection in
                        _ = try connection.copy("copy item from stdin (format binary)", 0..<Int64.max) { rows, n in
                            rows.beginRow(columns: 1)
                            rows.append(n)
                        }
                    }
                }
            }
            for await _ in hasBegun.stream { break }
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }

    @Test("a program that is asked to stop does not wait for a database that swallows every packet")
    func stopping() async throws {
        try await withProxy { database, proxy in
            try await database.run("select 1")
            proxy.swallow()
            let service = Asking(database: database)
            let group = ServiceGroup(services: [service], logger: TestDatabase.quietLogger)
            let running = Task { try await group.run() }
            for await _ in service.asks.stream { break }
            let start = ContinuousClock.now
            await group.triggerGracefulShutdown()
            try await running.value
            // Eight seconds for what was in hand, two to give up, twice two and two for what came after it.
            #expect(ContinuousClock.now - start < .seconds(19))
        }
    }

    enum Phase: CaseIterable { case connecting, statement, copy, rollback }

    private struct Refusal: Error {}
}

/// Asks the database three times, whatever comes of it.
private struct Asking: Service {
    let database: Database
    let asks = AsyncStream.makeStream(of: Void.self)

    func run() async throws {
        asks.continuation.yield()
        for _ in 0..<3 { _ = try? await database.run("select 1") }
        try await gracefulShutdown()
    }
}

/// Lends out a database behind a proxy.
private func withProxy(_ body: (Database, SwallowingProxy) async throws -> Void) async throws {
    try await withTestDatabase { _, url in
        let (proxy, through) = try SwallowingProxy.before(url)
        // Longer than any test waits, so that it is not what lets the caller go.
        let patient = through + "?connect_timeout=60"
        let database = Database(url: patient, connections: 1, logger: TestDatabase.quietLogger)
        do {
            try await body(database, proxy)
        } catch {
            proxy.close()
            throw error
        }
        proxy.close()
    }
}
