import Failures
import LogTesting
import Logging
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct StatementTests {
    @Test("an attempt at injection stays data")
    func injection() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table person (id bigint generated always as identity, name text)")
            let name = "'); drop table person; --"
            try await database.run("insert into person (name) values (\(name))")
            let rows = try await database.run("select name from person where name = \(name)")
            #expect(try rows.decode(String.self) == [name])
        }
    }

    @Test("a quoted identifier cannot break out of its quotes")
    func identifiers() async throws {
        try await withTestDatabase { database, _ in
            let table = #"a"; drop table b; --"#
            try await database.run("create table \(identifier: "public", table) (id int)")
            let rows = try await database.run("select relname from pg_class where relname = \(table)")
            #expect(try rows.decode(String.self) == [table])
        }
    }

    @Test("parts of statements bring their parameters along")
    func composition() async throws {
        let condition: SQL = "n > \(1) and n < \(5)"
        var statement: SQL = "select n from generate_series(\(0)::int, \(9)::int) as n where \(condition)"
        statement += " and n <> \(3)"
        #expect(
            statement.text
                == "select n from generate_series($1::int, $2::int) as n where n > $3 and n < $4 and n <> $5"
        )
        let whole = statement + " order by n desc"
        try await withTestDatabase { database, _ in
            let rows = try await database.run(whole)
            #expect(try rows.decode(Int.self) == [4, 2])
        }
    }

    @Test(#"text with a \0 is refused before it is cut short"#)
    func zeroByte() async throws {
        try await withTestDatabase { database, _ in
            let error = try await #require(throws: PostgresError.self) {
                try await database.run("select \("a\0b")::text")
            }
            #expect(error.code == .invalidText)
            #expect(error.failureClass != .transient)
            #expect(try await database.run("select 1").count == 1)
        }
    }

    @Test("an error tells the SQLSTATE and the constraint, but not the values")
    func errors() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table person (name text constraint person_name_key unique)")
            try await database.run("insert into person values ('secret-name')")
            let error = try await #require(throws: PostgresError.self) {
                try await database.run("insert into person values (\("secret-name"))")
            }
            #expect(error.code == .uniqueViolation)
            #expect(error.constraint == "person_name_key")
            #expect(!"\(error)".contains("secret-name"))
        }
    }

    @Test("a statement that comes again and again goes on working when its table changes")
    func stalePlans() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            try await database.run("create table item (n int)")
            try await database.run("insert into item values (1)")
            for _ in 0..<4 { try await database.run("select * from item") }
            try await database.run("alter table item add column name text default 'x'")
            for _ in 0..<4 {
                let (n, name) = try await database.run("select * from item")[0].decode(Int.self, String.self)
                #expect(n == 1)
                #expect(name == "x")
            }
        }
    }

    @Test("more different statements than a session keeps prepared")
    func manyStatements() async throws {
        try await withTestDatabase(connections: 1) { database, _ in
            for round in 0..<2 {
                for n in 0..<400 {
                    let statement = SQL(stringLiteral: "select \(n) + ") + "\(round)::int"
                    for _ in 0..<2 {
                        let rows = try await database.run(statement)
                        #expect(try rows.decode(Int.self) == [n + round])
                    }
                }
            }
        }
    }

    @Test("an unknown column is a decoding failure that names the column only")
    func decoding() async throws {
        try await withTestDatabase { database, _ in
            let row = try await database.run("select 'secret', null")[0]
            let first = #expect(throws: PostgresError.self) { try row.decode(Int.self) }
            #expect(first?.code == .decodingFailure)
            #expect(first.map { "\($0)" }?.contains("secret") == false)
            #expect(throws: PostgresError.self) { try row.decode(String.self, String.self) }
            #expect(throws: PostgresError.self) { try row.decode(String.self, String?.self, String?.self) }
        }
    }

    @Test("too many parameters are refused with a hint")
    func tooManyParameters() async throws {
        try await withTestDatabase { database, _ in
            var statement: SQL = "select \(0)::int"
            for n in 1...65_535 { statement += ", \(n)" }
            let error = try await #require(throws: PostgresError.self) { try await database.run(statement) }
            #expect(error.code == .tooManyParameters)
        }
    }

    @Test("a notice goes to the log, and not to the caller")
    func notices() async throws {
        try await withTestDatabase { _, url in
            let lines = LogLines()
            let connection = Connection(url: url, logger: lines.logger)
            try await connection.run("create table a (n int)")
            try await connection.run("create table if not exists a (n int)")
            await connection.close()
            #expect(lines.all.filter { $0.message == "notice from PostgreSQL" }.count == 1)
        }
    }
}
