import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Verifier

/// People are kept in partitions by the hash of their identity provider.
@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"))
struct PrincipalPartitionTests {
    @Test("a person is looked for in one partition")
    func onePartition() async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: Migrations.schema, migrations: Migrations.all, partitions: 5).run(on: database)
            let id = IdentityProviderID.make()
            let key = DirectoryKey("li", isCaseSensitive: false)
            let find = PrincipalStore.find(key, in: id, .first)
            #expect(try await Self.partitions(in: find, database) == 1)
            let hold = PrincipalStore.hold(UserID(of: key, in: id, .first), in: id)
            #expect(try await Self.partitions(in: hold, database) == 1)
            // Of a session's person not even the plan knows of others: it is told nothing of partitions.
            #expect(try await Self.partitions(in: SessionStore.live("'s'"), database) == 0)
            // Without an identity provider it would be looked for in all.
            let anyone: SQL = "select user_id from verifier.principals where directory_key = \(key.text)"
            #expect(try await Self.partitions(in: anyone, database) == 5)
        }
    }

    /// How many partitions a statement's plan has.
    private static func partitions(in statement: SQL, _ database: Database) async throws -> Int {
        let plan = try await database.run("explain (costs off) " + statement).decode(String.self)
        return plan.count {
            $0.contains("Scan") && $0.contains(" on principals_p") && !$0.contains("Bitmap Index Scan")
        }
    }
}
