import Failures
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct MigratorTests {
    static let migrations = [
        Migration(version: 1, name: "items", sql: "create table shop.item (n int); insert into shop.item values (1);"),
        Migration(version: 2, name: "names", sql: "alter table shop.item add column name text default 'x;y'"),
        Migration(version: 5, name: "more", sql: "insert into shop.item values (2)"),
    ]

    private static func conflict(_ migrations: [Migration], on database: Database) async throws -> String {
        let error = try await #require(throws: PostgresError.self) {
            try await Migrator(schema: "shop", migrations: migrations).run(on: database)
        }
        #expect(error.code == .migrationConflict)
        #expect(error.failureClass != .transient)
        return error.message
    }

    @Test("migrations run once each, in order, and more may follow")
    func order() async throws {
        try await withTestDatabase { database, _ in
            for count in [2, 3, 3, 3] {
                let migrations = Array(Self.migrations.prefix(count).reversed())
                try await Migrator(schema: "shop", migrations: migrations).run(on: database)
            }
            let rows = try await database.run("select version, name from shop.schema_migrations order by version")
            #expect(try rows.decode(Int.self) == [1, 2, 5])
            #expect(try await database.run("select * from shop.item").count == 2)
        }
    }

    @Test("eight processes that start at once apply each migration once")
    func concurrency() async throws {
        try await withTestDatabase { _, url in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let database = Database(url: url, connections: 1, logger: TestDatabase.quietLogger)
                        try await Migrator(schema: "shop", migrations: Self.migrations).run(on: database)
                        #expect(try await database.run("select * from shop.item").count == 2)
                        await database.close()
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a table is made in as many partitions as are asked for, and keeps them when others are")
    func partitions() async throws {
        let people = """
            create table shop.people (shop uuid, name text, primary key (shop, name)) partition by hash (shop);
            \(HashPartitions.migrationSQL(of: ["shop.people"]))
            """
        let migrations = [Migration(version: 1, name: "people", sql: people)]
        try await withTestDatabase { database, _ in
            for count in [3, 5] {
                try await Migrator(schema: "shop", migrations: migrations, partitions: count).run(on: database)
                let partitions = try await database.run(
                    """
                    select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
                    where i.inhparent = 'shop.people'::regclass order by 1
                    """
                )
                #expect(try partitions.decode(String.self) == ["people_p0", "people_p1", "people_p2"])
            }
            try await database.run(
                "insert into shop.people select gen_random_uuid(), n::text from generate_series(1, 50) n"
            )
            #expect(try await database.run("select from shop.people").count == 50)
        }
    }

    @Test("a migration that was changed after it was applied is refused")
    func changed() async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: "shop", migrations: Self.migrations).run(on: database)
            var changed = Self.migrations
            changed[1] = Migration(version: 2, name: "names", sql: "select 1")
            let message = try await Self.conflict(changed, on: database)
            #expect(message == "shop: migration 2 (names) was changed after it was applied")
        }
    }

    @Test("an applied migration that is missing, or a new one before it, is refused")
    func missing() async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: "shop", migrations: Self.migrations).run(on: database)
            let missing = try await Self.conflict([Self.migrations[0], Self.migrations[2]], on: database)
            #expect(missing == "shop: migration 2 was applied but is missing here")
            let late = Migration(version: 4, name: "late", sql: "select 1")
            let message = try await Self.conflict(Self.migrations + [late], on: database)
            #expect(message.hasPrefix("shop: migration 4 (late) comes before"))
            let twice = try await Self.conflict(Self.migrations + [Self.migrations[0]], on: database)
            #expect(twice == "shop: two migrations have version 1")
        }
    }

    @Test("a database that a newer version has migrated is left alone")
    func ahead() async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: "shop", migrations: Self.migrations).run(on: database)
            try await Migrator(schema: "shop", migrations: Array(Self.migrations.prefix(2))).run(on: database)
        }
    }

    @Test("a migration that fails leaves nothing of itself, and says which one it was")
    func failure() async throws {
        try await withTestDatabase { database, _ in
            let bad = Migration(version: 2, name: "bad", sql: "create table shop.other (n int); select nonsense")
            let migrator = Migrator(schema: "shop", migrations: [Self.migrations[0], bad])
            let error = try await #require(throws: PostgresError.self) { try await migrator.run(on: database) }
            #expect(error.message.hasPrefix("shop: migration 2 (bad): column \"nonsense\" does not exist"))
            let rows = try await database.run(
                "select to_regclass('shop.other') is null, count(*) from shop.schema_migrations"
            )
            let (isAbsent, count) = try rows[0].decode(Bool.self, Int.self)
            #expect(isAbsent)
            #expect(count == 1)
            try await Migrator(schema: "shop", migrations: Self.migrations).run(on: database)
        }
    }
}
