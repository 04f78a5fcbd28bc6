import Failures
import Postgres
import PostgresTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct SiftingTests {
    private static let bad = [3, 77, 78, 199]

    private func withItems(_ body: @Sendable (Database) async throws -> Void) async throws {
        try await withTestDatabase { database, _ in
            try await database.run(
                "create table item (n int unique check (n not in (3, 77, 78, 199)), at timestamptz default now())"
            )
            try await body(database)
        }
    }

    @Test("what is refused is found by halves in one transaction, and all others are kept")
    func refused() async throws {
        try await withItems { database in
            let attempts = Mutex(0)
            let items = Array(0..<200)
            let sifted = try await database.transaction { connection -> Sifted<Int> in
                try connection.sift(items) { part, connection -> Int in
                    attempts.withLock { $0 += 1 }
                    try connection.run("insert into item (n) select unnest(\(Array(part))::int[])")
                    return part.count
                }
            }
            #expect(sifted.refused.map(\.place) == Self.bad)
            #expect(sifted.refused.allSatisfy { FailureClass(of: $0.error) == .permanent })
            #expect(sifted.values.reduce(0, +) == 196)
            #expect(try await database.count("item") == 196)
            let times = try await database.run("select count(distinct at) from item")[0].decode(Int.self)
            #expect(times == 1)
            // 200 can be halved eight times.
            #expect(attempts.withLock { $0 } <= 2 * 8 * Self.bad.count)
        }
    }

    @Test("of two that refuse each other, the first is kept")
    func collision() async throws {
        try await withItems { database in
            let sifted = try await database.transaction { connection -> Sifted<Int> in
                try connection.sift([1, 2, 5, 1, 6]) { part, connection -> Int in
                    try connection.run("insert into item (n) select unnest(\(Array(part))::int[])")
                    return part.count
                }
            }
            #expect(sifted.refused.map(\.place) == [3])
            #expect(try await database.count("item") == 4)
        }
    }

    @Test("what may pass ends it, and nothing is kept")
    func passing() async throws {
        struct Passing: Error {}
        try await withItems { database in
            await #expect(throws: Passing.self) {
                try await database.transaction { connection -> Sifted<Int> in
                    try connection.sift(Array(0..<20)) { part, connection -> Int in
                        if part.contains(15) { throw Passing() }
                        try connection.run("insert into item (n) select unnest(\(Array(part))::int[])")
                        return part.count
                    }
                }
            }
            let kept = try await database.count("item")
            #expect(kept == 0)
        }
    }
}
