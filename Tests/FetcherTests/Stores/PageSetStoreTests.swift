import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs DATABASE_URL"))
struct PageSetStoreTests {
    private let answer = PageSet.Answer(digest: .sum("a"), parts: [PageSet.Part(digest: .sum("p"), keys: [.sum("u1")])])

    private func way(mapping: Int64 = 1) -> PageSet.Way {
        PageSet.Way(
            mapping: MappingNumber(rawValue: mapping),
            scope: .sum("scope"),
            corp: "ww1",
            agent: 7
        )
    }

    @Test("reuse does not renew the time since all pages last travelled")
    func lifetime() async throws {
        try await withStores { store, lease, database in
            var update = PageSetUpdate(way: way(), known: nil, changed: [2: answer])
            try await store.save(update, plan: [2], under: lease)
            try await database.run("update fetcher.page_sets set complete_at = now() - interval '9 minutes'")
            update = PageSetUpdate(way: way(), known: PageSet(answers: [2: answer]))
            try await store.save(update, plan: [2], under: lease)
            let age = try await database.run(
                "select complete_at < now() - interval '8 minutes', epoch from fetcher.page_sets"
            )
            #expect(try age[0].decode(Bool.self))
            try await database.run("update fetcher.page_sets set complete_at = now() - interval '11 minutes'")
            #expect(try await store.load(for: lease.run(after: lease.run.epoch), read: way()) == nil)
        }
    }

    @Test("what travels whole is kept from then on")
    func wholeAgain() async throws {
        try await withStores { store, lease, database in
            let update = PageSetUpdate(way: way(), known: nil, changed: [2: answer])
            try await store.save(update, plan: [2], under: lease)
            try await database.run("update fetcher.page_sets set complete_at = now() - interval '9 minutes'")
            try await store.save(update, plan: [2], under: lease)
            let fresh = try await database.run(
                "select from fetcher.page_sets where complete_at > now() - interval '1 minute'"
            )
            #expect(fresh.count == 1)
            let next = lease.run(after: lease.run.epoch)
            #expect(try await store.load(for: next, read: way())?.answers == [2: answer])
            #expect(try await store.load(for: next, read: way(mapping: 2)) == nil)
        }
    }

    @Test("whoever has lost the lease remembers nothing")
    func lost() async throws {
        try await withStores { store, lease, database in
            try await database.run("update fetcher.leases set fence = fence + 1")
            let update = PageSetUpdate(way: way(), known: nil, changed: [2: answer])
            await #expect(throws: LeaseLost.self) { try await store.save(update, plan: [2], under: lease) }
            #expect(try await database.run("select from fetcher.page_sets").isEmpty)
        }
    }

    private func withStores(_ body: @Sendable (PageSetStore, Lease, Database) async throws -> Void) async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: FetcherSchema.name, migrations: FetcherSchema.migrations).run(on: database)
            try await InboxStore(database: database).take([.run(.sample())])
            let leases = LeaseStore(database: database, owner: "test", duration: .seconds(600))
            let lease = try #require(try await leases.claim())
            try await body(PageSetStore(database: database, lifetime: .seconds(600)), lease, database)
        }
    }
}

extension Lease {
    /// A run that goes on from another one.
    fileprivate func run(after basis: Epoch) -> QueuedRun {
        var next = run
        next.basis = basis
        return next
    }
}
