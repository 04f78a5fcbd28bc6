import Foundation
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct CopyTests {
    static let table: SQL = """
        create table item (
            n bigint, name text, small smallint, middle int, flag boolean, number float8, id uuid, blob bytea,
            body jsonb, at timestamptz, names text[], numbers bigint[], ids uuid[]
        )
        """

    @Test("50,000 rows of every type arrive as they were, special characters and nulls included")
    func manyRows() async throws {
        try await withTestDatabase { database, _ in
            try await database.run(Self.table)
            let names = (0..<50_000).map { _ in RandomValues.optional(RandomValues.string) }
            var rows = CopyRows(reserving: 50_000 * 200)
            for (n, name) in names.enumerated() { Self.append(n, name, to: &rows) }
            let copied = rows
            let count = try await database.transaction { try $0.copy("copy item from stdin (format binary)", copied) }
            #expect(count == 50_000)
            #expect(copied.rowCount == 50_000)

            let found = try await database.withConnection { connection in
                var found: [String?] = []
                try connection.forEachRow("select name from item order by n") { row in
                    found.append(row.isNull(0) ? nil : try row.string(0))
                }
                return found
            }
            #expect(found.count == names.count)
            #expect(zip(found, names).allSatisfy { $0.map { Array($0.utf8) } == $1.map { Array($0.utf8) } })
            let wrong = try await database.run(
                """
                select count(*) from item where not (
                    small = n % 100 and middle = n and flag = (n % 2 = 0) and number = n / 4.0
                    and blob = convert_to(n::text, 'UTF8') and body = jsonb_build_object('n', n)
                    and at = timestamptz '2024-02-29 12:00:00.123Z' + n * interval '1 millisecond'
                    and names is not distinct from case when n % 3 = 0 then null
                        when n % 3 = 1 then '{}' else array[n::text, '"\\,{}'] end
                    and numbers = array[n, -n] and id::text like '%-%' and ids = array[id, id]
                )
                """
            )
            #expect(try wrong.decode(Int.self) == [0])
        }
    }

    private static func append(_ n: Int, _ name: String?, to rows: inout CopyRows) {
        let id = UUID()
        rows.beginRow(columns: 13)
        rows.append(Int64(n))
        if let name, n.isMultiple(of: 2) { rows.append(utf8: name.utf8) } else { rows.append(name) }
        rows.append(Int16(n % 100))
        rows.append(Int32(n))
        rows.append(n.isMultiple(of: 2))
        rows.append(Double(n) / 4)
        rows.append(id)
        rows.append(bytes: Array(String(n).utf8))
        rows.append(jsonb: Array(#"{"n":\#(n)}"#.utf8))
        rows.append(timestampMilliseconds: 1_709_208_000_123 + Int64(n))
        rows.append(textArray: n % 3 == 0 ? nil : n % 3 == 1 ? [] : [String(n), #""\,{}"#])
        rows.append(int64Array: [Int64(n), Int64(-n)])
        rows.append(uuidArray: [id, id])
    }

    @Test("a null of every type is a null")
    func nulls() async throws {
        try await withTestDatabase { database, _ in
            try await database.run(Self.table)
            var rows = CopyRows()
            rows.beginRow(columns: 13)
            for _ in 0..<13 { rows.appendNull() }
            rows.beginRow(columns: 13)
            rows.append(Int64?.none)
            rows.append(String?.none)
            rows.append(Int16?.none)
            rows.append(Int32?.none)
            rows.append(Bool?.none)
            rows.append(Double?.none)
            rows.append(UUID?.none)
            rows.append(bytes: [UInt8]?.none)
            rows.append(jsonb: [UInt8]?.none)
            rows.append(timestampMilliseconds: nil)
            rows.append(textArray: nil)
            rows.append(int64Array: nil)
            rows.append(uuidArray: nil)
            let copied = rows
            try await database.withConnection { try $0.copy("copy item from stdin (format binary)", copied) }
            let filled = try await database.run("select count(*) from item i where not (i is null)")
            #expect(try filled.decode(Int.self) == [0])
            #expect(try await database.count("item") == 2)
        }
    }

    @Test("rows are streamed as they are made, of items with any number of them")
    func streamedRows() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n bigint, text text)")
            let text = String(repeating: "x", count: 1_000)
            let count = try await database.withConnection { connection in
                try connection.copy("copy item from stdin (format binary)", 0..<1_000) { rows, n in
                    for _ in 0..<n % 3 {
                        rows.beginRow(columns: 2)
                        rows.append(Int64(n))
                        rows.append(text)
                    }
                }
            }
            #expect(count == 999)
            let found = try await database.run(
                "select count(*), sum(n), count(distinct n) from item where length(text) = 1000"
            )
            let (rows, sum, numbers) = try found[0].decode(Int.self, Int.self, Int.self)
            #expect((rows, sum, numbers) == (999, (0..<1_000).reduce(0) { $0 + $1 * ($1 % 3) }, 666))
        }
    }

    @Test("of rows that could not all be made none goes in, and the session goes on", arguments: [0, 5_000])
    func unmadeRows(before count: Int) async throws {
        struct Unmakeable: Error {}
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n bigint, text text)")
            let before = try await database.backend()
            await #expect(throws: Unmakeable.self) {
                try await database.withConnection { connection in
                    try connection.copy("copy item from stdin (format binary)", 0...count) { rows, n in
                        rows.beginRow(columns: 2)
                        rows.append(Int64(n))
                        guard n < count else { throw Unmakeable() }
                        rows.append("as long as needed to be sent in several pieces")
                    }
                }
            }
            #expect(try await database.count("item") == 0)
            #expect(try await database.backend() == before)
        }
    }

    @Test("rows that the table refuses fail as a whole, and the session goes on")
    func refusedRows() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n bigint primary key)")
            var rows = CopyRows()
            for n in [1, 2, 2] as [Int64] {
                rows.beginRow(columns: 1)
                rows.append(n)
            }
            let copied = rows
            let before = try await database.backend()
            let error = try await #require(throws: PostgresError.self) {
                try await database.withConnection { try $0.copy("copy item from stdin (format binary)", copied) }
            }
            #expect(error.code == .uniqueViolation)
            #expect(try await database.count("item") == 0)
            #expect(try await database.backend() == before)
        }
    }

    @Test("statements that are not a binary COPY from us are refused, and nothing is left half done")
    func wrongStatements() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n bigint)")
            for statement in ["select 1", "copy item from stdin", "copy item to stdout", "copy nothing from stdin"] {
                await #expect(throws: PostgresError.self) {
                    try await database.withConnection { try $0.copy(statement, CopyRows()) }
                }
                #expect(try await database.count("item") == 0)
            }
            for statement in ["copy item from stdin", "copy item to stdout"] as [SQL] {
                await #expect(throws: PostgresError.self) { try await database.run(statement) }
                await #expect(throws: PostgresError.self) {
                    try await database.withConnection { try $0.forEachRow(statement) { _ in } }
                }
                await #expect(throws: PostgresError.self) {
                    try await database.withConnection { try $0.pipeline(["select 1", statement]) }
                }
            }
            #expect(try await database.count("item") == 0)
        }
    }

    @Test("rows that are taken out go into a table like theirs as they were, none as well as many")
    func outAndIn() async throws {
        try await withTestDatabase { database, _ in
            try await database.run(Self.table)
            try await database.run("create table twin (like item)")
            var rows = CopyRows()
            for n in 0..<3_000 { Self.append(n, RandomValues.optional(RandomValues.string), to: &rows) }
            rows.beginRow(columns: 13)
            for _ in 0..<13 { rows.appendNull() }
            let copied = rows
            try await database.withConnection { try $0.copy("copy item from stdin (format binary)", copied) }
            for (condition, count) in [("true", 3_001), ("false", 0)] {
                let out = try await database.withConnection { connection in
                    try connection.copyOut("copy (select * from item where \(condition)) to stdout (format binary)")
                }
                #expect(out.rowCount == count)
                let entered = try await database.withConnection { connection in
                    try connection.copy("copy twin from stdin (format binary)", out)
                }
                #expect(entered == count)
            }
            let missing = try await database.run("select count(*) from (table item except all table twin) as missing")
            #expect(try missing.decode(Int.self) == [0])
            #expect(try await database.count("twin") == 3_001)
        }
    }

    @Test("rows are taken out by a binary COPY to us alone, and the connection goes on after every other statement")
    func wrongStatementsForTakingOut() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n bigint)")
            let statements = [
                "select 1", "copy item to stdout", "copy item from stdin", "copy item from stdin (format binary)",
                "copy nothing to stdout (format binary)", "copy (select 1 / 0) to stdout (format binary)",
            ]
            for statement in statements {
                await #expect(throws: PostgresError.self) {
                    try await database.withConnection { try $0.copyOut(statement) }
                }
                #expect(try await database.count("item") == 0)
            }
        }
    }

    @Test(#"text with a \0 is refused by the server"#)
    func zeroByte() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (name text)")
            var rows = CopyRows()
            rows.beginRow(columns: 1)
            rows.append("a\0b")
            let copied = rows
            let error = try await #require(throws: PostgresError.self) {
                try await database.withConnection { try $0.copy("copy item from stdin (format binary)", copied) }
            }
            #expect(error.code == .invalidText)
        }
    }

    @Test("a builder that forgot its rows can be filled again")
    func reuse() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n bigint)")
            var rows = CopyRows()
            for n in 0..<3 as Range<Int64> {
                rows.removeAll()
                #expect(rows.isEmpty)
                rows.beginRow(columns: 1)
                rows.append(n)
                let copied = rows
                try await database.withConnection { try $0.copy("copy item from stdin (format binary)", copied) }
            }
            #expect(try await database.count("item") == 3)
        }
    }
}
