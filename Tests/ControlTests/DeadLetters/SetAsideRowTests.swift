import KafkaTesting
import Kafka
import Messages
import Outbox
import Pipeline
import Postgres
import PostgresTesting
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"))
struct SetAsideRowTests {
    /// A schema with an outbox and a queue, in each of which something is set aside.
    private func withRows(_ body: (RowSource, Database) async throws -> Void) async throws {
        try await withTestDatabase { database, _ in
            let queue = """
                create table shop.errands (
                    id text primary key, what text, attempts integer not null default 0, not_before timestamptz,
                    claimed_by text, claimed_until timestamptz, set_aside_at timestamptz, reason text
                );
                insert into shop.errands (id, attempts, set_aside_at, reason)
                values ('one', 7, '2026-01-01', 'hopeless'), ('two', 1, null, null);
                insert into shop.outbox_refused (id, topic, key, headers, value, created_at, refused_at, reason)
                values (1, 't', 'k', '[["ce_type","x.v1"],["ce_tenantid","tenant"],["odd",null,"AA=="]]', 'v', now(),
                    '2026-01-02', 'too large');
                """
            let migrations = [
                Migration(version: 1, name: "outbox", sql: Outbox.migrationSQL(schema: "shop")),
                Migration(version: 2, name: "rows", sql: queue),
            ]
            try await Migrator(schema: "shop", migrations: migrations).run(on: database)
            try await body(RowSource(database: database), database)
        }
    }

    @Test("what outboxes and background work set aside is listed, oldest first, and what still waits is not")
    func listed() async throws {
        try await withRows { source, _ in
            let items = try await source.items()
            #expect(items.map(\.id) == ["shop.errands/one", "shop.outbox_refused/1"])
            #expect(items.map(\.reason) == ["hopeless", "too large"])
            #expect(items.map(\.attempts) == [7, 1])
            #expect(items[1].type == "x.v1" && items[1].tenant == "tenant")
        }
    }

    @Test("redriven, a row is work again, and a record waits in the outbox again as it was")
    func redriven() async throws {
        try await withRows { source, database in
            #expect(try await source.settle(source.items(), isRedrive: true, at: Pace(perSecond: nil)) == 2)
            #expect(try await source.items().isEmpty)
            let row = try await database.run(
                "select attempts, set_aside_at is null from shop.errands where id = 'one'"
            )[0]
            #expect(try row.decode(Int.self, Bool.self) == (0, true))
            let waiting = try await database.run("select topic, key, jsonb_array_length(headers) from shop.outbox")
            #expect(try waiting.map { try $0.decode(String.self, String.self, Int.self) }.first! == ("t", "k", 3))
        }
    }

    @Test("a state that was refused is told no more, as it might come behind a later one")
    func states() async throws {
        try await withRows { source, database in
            try await database.run(
                """
                update shop.outbox_refused
                set headers = jsonb_build_array(jsonb_build_array('ce_type', \(IdentityProviderConfiguration.type.rawValue)::text))
                """
            )
            let plan = RedrivePlan(try await source.items(), isForced: true)
            #expect(plan.meant.map(\.place) == ["shop.errands"])
            let obstructed = try #require(plan.obstructed.first)
            #expect(obstructed.id == "shop.outbox_refused/1")
            #expect(obstructed.obstacle?.contains("bridgectl configuration republish") == true)
        }
    }

    @Test("discarded, they are gone, and what waits stays")
    func discarded() async throws {
        try await withRows { source, database in
            let meant = try await source.items()
            #expect(try await source.settle(meant, isRedrive: false, at: Pace(perSecond: nil)) == 2)
            #expect(try await source.settle(meant, isRedrive: false, at: Pace(perSecond: nil)) == 0)
            #expect(try await database.run("select count(*) from shop.errands")[0].decode(Int.self) == 1)
            #expect(try await database.run("select count(*) from shop.outbox")[0].decode(Int.self) == 0)
        }
    }
}
