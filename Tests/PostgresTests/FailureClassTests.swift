import Failures
@testable import Postgres
import PostgresTesting
import Testing

struct FailureClassTests {
    @Test(
        "what PostgreSQL refuses because of the data is permanent",
        arguments: ["21000", "22001", "22021", "22P02", "22P05", "23502", "23505", "23514", "54000", "54001", "54023"]
    )
    func permanent(_ code: String) {
        #expect(PostgresError(.init(rawValue: code), "").failureClass == .permanent)
    }

    @Test(
        "what a fail-over, a shortage, an administrator or nobody can explain passes",
        arguments: [
            "08001", "08006", "08007", "25006", "25P02", "25P03", "40001", "40P01", "42501", "42P01", "53100",
            "53200", "53300", "55P03", "57014", "57P01", "57P03", "58030", "XX000", "XX001", "ZZ999", "WP001", "WT001",
        ]
    )
    func transient(_ code: String) {
        #expect(PostgresError(.init(rawValue: code), "").failureClass == .transient)
    }

    @Test(
        "what only another program or configuration mends is fatal",
        arguments: ["WU001", "WM001", "WP002", "WE001", "25P01"]
    )
    func fatal(_ code: String) {
        #expect(PostgresError(.init(rawValue: code), "").failureClass == .fatal)
    }

    @Test("a stored value that is not what it should be is the data's fault")
    func decoding() throws {
        let error = try #require(throws: PostgresError.self) { try Row(columns: ["x"]).decode(Int.self) }
        #expect(error.failureClass == .permanent)
    }
}

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct RefusalTests {
    @Test("a standby's refusal to write passes, though nothing was lost")
    func readOnly() async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n int)")
            let error = try await #require(throws: PostgresError.self) {
                try await database.transaction { connection in
                    try connection.run("set transaction read only")
                    try connection.run("insert into item values (1)")
                }
            }
            #expect(error.code.rawValue == "25006")
            #expect(error.failureClass == .transient)
        }
    }

    @Test(
        "what the data are at fault for says so, however it was sent",
        arguments: ["insert into item values ('x')", "insert into item values (1)", "select 1/0", "select E'\\xff'"]
    )
    func data(_ statement: String) async throws {
        try await withTestDatabase { database, _ in
            try await database.run("create table item (n int primary key)")
            try await database.run("insert into item values (1)")
            let sql = SQL(stringLiteral: statement)
            for work: @Sendable (isolated Connection) throws -> Void in [
                { try $0.run(sql) }, { try $0.pipeline(["select 1", sql]) }, { try $0.execute(statement) },
                { try $0.forEachRow(sql) { _ in } },
            ] {
                let error = try await #require(throws: PostgresError.self) { try await database.withConnection(work) }
                #expect(error.failureClass == .permanent, "\(error)")
            }
        }
    }

    @Test(
        "a session keeps locks for half a minute at most when its process stands still, unless the URL says otherwise"
    )
    func sessionLimits() async throws {
        try await withTestDatabase { database, url in
            let settings: SQL = """
                select current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')
                """
            let (lock, idle) = try await database.run(settings)[0].decode(String.self, String.self)
            #expect(lock == "30s")
            #expect(idle == "30s")
            let other = Database(
                url: url + "?options=-c%20lock_timeout%3D5s",
                connections: 1,
                logger: TestDatabase.quietLogger
            )
            let (given, _) = try await other.run(settings)[0].decode(String.self, String.self)
            #expect(given == "5s")
            await other.close()
        }
    }
}
