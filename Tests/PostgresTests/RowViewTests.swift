import Foundation
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct RowViewTests {
    @Test("every accessor reads its type from the binary format")
    func accessors() async throws {
        try await withTestDatabase { database, _ in
            let id = UUID()
            try await database.withConnection { connection in
                var count = 0
                let statement: SQL = """
                    select 1::bigint, -2::int, 3::smallint, true, 0.5::float8, \(id)::uuid, 'é"王'::text,
                        '\\x00ff10'::bytea, null::text, '\\x0000000000000001ffffffffffffffff'::bytea
                    """
                try connection.forEachRow(statement) { row in
                    count += 1
                    #expect(try row.int64(0) == 1)
                    #expect(try row.int64(1) == -2)
                    #expect(try row.int64(2) == 3)
                    #expect(try row.bool(3))
                    #expect(try row.double(4) == 0.5)
                    #expect(try row.uuid(5) == id)
                    #expect(try row.string(6) == "é\"王")
                    #expect(try row.bytes(7) == [0, 255, 16])
                    #expect(try row.withBytes(7) { $0.count } == 3)
                    let nulls = [row.isNull(8), row.isNull(0)]
                    #expect(nulls == [true, false])
                    let words = try row.words(9)
                    #expect(words == (1, .max))
                    #expect(throws: PostgresError.self) { try row.string(8) }
                    #expect(throws: PostgresError.self) { try row.int64(7) }
                    #expect(throws: PostgresError.self) { try row.int64(10) }
                    #expect(throws: PostgresError.self) { try row.int64(-1) }
                }
                #expect(count == 1)
            }
        }
    }

    @Test("a body that throws ends the reading, and the session goes on")
    func throwingBody() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            let before = try await database.backend()
            await #expect(throws: TransactionTests.Refusal.self) {
                try await database.withConnection { connection in
                    try connection.forEachRow("select n from generate_series(1, 1000) as n") { row in
                        if try row.int64(0) == 10 { throw TransactionTests.Refusal() }
                    }
                }
            }
            #expect(try await database.backend() == before)
        }
    }

    @Test("a statement that fails in the middle throws what the server said")
    func failingStatement() async throws {
        try await withTestDatabase { database, _ in
            let error = try await #require(throws: PostgresError.self) {
                try await database.withConnection { connection in
                    try connection.forEachRow("select 1 / (500 - n) from generate_series(1, 1000) as n") { _ in }
                }
            }
            #expect(error.code.rawValue == "22012")
        }
    }

    @Test("a million pairs of hashes are read")
    func million() async throws {
        try await withTestDatabase { database, _ in
            try await database.run(
                "create table pair as select decode(md5(n::text), 'hex') as key, n as hash from generate_series(1::bigint, 1000000) n"
            )
            let sum = try await database.withConnection { connection in
                var sum: Int64 = 0
                var bits: UInt64 = 0
                try connection.forEachRow("select key, hash from pair") { row in
                    bits ^= try row.words(0).0
                    sum += try row.int64(1)
                }
                #expect(bits != 0)
                return sum
            }
            #expect(sum == 500_000_500_000)
        }
    }
}
