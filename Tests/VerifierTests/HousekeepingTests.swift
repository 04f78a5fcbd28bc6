import BackgroundWork
import KafkaTesting
import Postgres
import PostgresTesting
import Sealing
import Testing

@testable import Verifier

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"))
struct HousekeepingTests {
    @Test("only what nobody needs any more is deleted")
    func cleaning() async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: Migrations.schema, migrations: Migrations.all, partitions: 2).run(on: database)
            for (name, age) in [("fresh", "-1 minute"), ("old", "2 days"), ("ancient", "91 days")] {
                try await Self.fill(database, name, age)
            }
            let keys = KeyStore(database: database, sealing: try SealingKeys(Bench.sealing))
            let job = Housekeeping.job(every: .seconds(60), on: database, keys: keys, logger: Broker.quiet)
            let failures = try #require(try await job.runOnce())
            #expect(failures.isEmpty)
            #expect(
                try await Self.names(database, "select encode(digest, 'escape') from verifier.used_tickets") == [
                    "fresh"
                ]
            )
            #expect(try await Self.names(database, "select encode(digest, 'escape') from verifier.codes") == ["fresh"])
            #expect(try await Self.names(database, "select id from verifier.sessions order by id") == ["fresh", "old"])
            #expect(
                try await Self.names(database, "select id from verifier.diagnoses order by id") == ["fresh", "old"]
            )
        }
    }

    @Test("a session that was ended is kept for 30 days from then, however long it could have been gone on with")
    func endedSessions() async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: Migrations.schema, migrations: Migrations.all, partitions: 2).run(on: database)
            for (name, age) in [("recently", "29 days"), ("long ago", "31 days")] {
                try await database.run(
                    """
                    insert into verifier.sessions
                        (id, idp_id, user_id, tenant_id, client_id, scope, expires_at, ended_at)
                    values (\(name), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'sase', 'openid',
                        now() + interval '59 days', now() - \(age)::interval)
                    """
                )
            }
            let keys = KeyStore(database: database, sealing: try SealingKeys(Bench.sealing))
            let job = Housekeeping.job(every: .seconds(60), on: database, keys: keys, logger: Broker.quiet)
            let failures = try #require(try await job.runOnce())
            #expect(failures.isEmpty)
            #expect(try await Self.names(database, "select id from verifier.sessions") == ["recently"])
        }
    }

    private static func fill(_ database: Database, _ name: String, _ age: String) async throws {
        let statements: [SQL] = [
            """
            insert into verifier.used_tickets (digest, expires_at)
            values (\(name)::bytea, now() - \(age)::interval)
            """,
            """
            insert into verifier.sessions (id, idp_id, user_id, tenant_id, client_id, scope, expires_at)
            values (\(name), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'sase', 'openid',
                now() - \(age)::interval)
            """,
            """
            insert into verifier.codes (digest, session_id, client_id, redirect_uri, expires_at)
            values (\(name)::bytea, \(name), 'sase', 'https://app.test', now() - \(age)::interval)
            """,
            """
            insert into verifier.diagnoses (id, reason, diagnosis, created_at)
            values (\(name), 'denied', '{}', now() - \(age)::interval)
            """,
        ]
        for statement in statements { try await database.run(statement) }
    }

    private static func names(_ database: Database, _ statement: SQL) async throws -> [String] {
        try await database.run(statement).map { row -> String in try row.decode(String.self) }
    }
}
