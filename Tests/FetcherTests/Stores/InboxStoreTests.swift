import BackgroundWork
import Failures
import KafkaTesting
import Logging
import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs DATABASE_URL"))
struct InboxStoreTests {
    @Test("an epoch that is passed is refused with the highest that is known, also when its run is cleaned up")
    func passed() async throws {
        try await withInbox { inbox, database in
            let idp = IdentityProviderID.make()
            let known = QueuedRun.sample(of: idp, epoch: 5)
            #expect(try await inbox.take([.run(known)]).isEmpty)
            try await database.run("delete from fetcher.inbox")
            let late = QueuedRun.sample(of: idp, epoch: 4)
            let end = try #require(try await inbox.take([.run(late)]).first)
            #expect(end.subject == late.subject)
            #expect(end.failure.cause == .epochPassed)
            #expect(try await database.run("select from fetcher.inbox").isEmpty)
        }
    }

    @Test("an epoch that another run has is refused; the same run once more is not")
    func taken() async throws {
        try await withInbox { inbox, database in
            let idp = IdentityProviderID.make()
            let known = QueuedRun.sample(of: idp, epoch: 5)
            let other = QueuedRun.sample(of: idp, epoch: 5)
            let ends = try await inbox.take([.run(known), .run(other), .run(known)])
            #expect(ends.map(\.subject) == [other.subject])
            #expect(ends.map(\.failure.cause) == [.epochTaken])
            try await database.run("delete from fetcher.inbox")
            #expect(try await inbox.take([.run(known)]).isEmpty)
            #expect(try await database.run("select from fetcher.inbox").isEmpty)
        }
    }

    @Test("those that the database refuses for good are told, and all others come into the inbox")
    func refused() async throws {
        try await withInbox { inbox, database in
            try await database.run("alter table fetcher.inbox add constraint odd check (epoch not in (7, 8, 30))")
            let runs = (1...40).map { QueuedRun.sample(epoch: Int64($0)) }
            let (ends, refused) = try await inbox.takeUnlessRefused(runs.map { .run($0) })
            #expect(ends.isEmpty)
            #expect(refused.map(\.place) == [6, 7, 29])
            #expect(refused.allSatisfy { FailureClass(of: $0.error) == .permanent })
            #expect(try await database.run("select from fetcher.inbox").count == 37)
            #expect(try await database.run("select from fetcher.leases where epoch in (7, 8, 30)").isEmpty)
        }
    }

    @Test("identity providers have epochs of their own")
    func separate() async throws {
        try await withInbox { inbox, _ in
            let runs = [QueuedRun.sample(epoch: 5), QueuedRun.sample(epoch: 1)]
            let ends = try await inbox.take(runs.map { .run($0) })
            #expect(ends.isEmpty)
        }
    }

    @Test("a deletion overtakes earlier runs of its identity provider and tenant alone")
    func overtaking() async throws {
        try await withInbox { inbox, database in
            let idp = IdentityProviderID.make()
            let tenant = TenantID.make()
            let queued = QueuedRun.sample(of: idp, epoch: 1, tenant: tenant)
            let foreign = QueuedRun.sample(of: idp, epoch: 2)
            let other = QueuedRun.sample(epoch: 1, tenant: tenant)
            let deletion = QueuedRun.sample(of: idp, epoch: 3, kind: .delete, tenant: tenant)
            try await inbox.take([queued, foreign, other, deletion].map { .run($0) })
            let open = try await database.run("select run from fetcher.inbox where state = 'queued'").map {
                try $0.decode(String.self)
            }
            #expect(Set(open) == Set([foreign, other, deletion].map(\.run.description)))
            let ended = try await database.run("select run, ending->>'cause' from fetcher.inbox where state = 'ended'")
            #expect(try ended.decode(String.self, String.self).map(\.1) == ["deleted"])
        }
    }

    @Test("a claimed run is lost to a deletion at once, and handed over with it")
    func claimed() async throws {
        try await withInbox { inbox, database in
            let leases = LeaseStore(database: database, owner: "test", duration: .seconds(600))
            let idp = IdentityProviderID.make()
            let tenant = TenantID.make()
            let run = QueuedRun.sample(of: idp, epoch: 1, tenant: tenant)
            let deletion = QueuedRun.sample(of: idp, epoch: 2, kind: .delete, tenant: tenant)
            try await inbox.take([.run(run)])
            let lease = try #require(try await leases.claim())
            try await inbox.take([.run(deletion), .cancellation(deletion.run)])
            await #expect(throws: LeaseLost.self) { _ = try await leases.renew(lease) }
            await #expect(throws: LeaseLost.self) { try await leases.finish(lease) }
            try await leases.handBack(lease)
            let next = try #require(try await leases.claim())
            #expect(next.run == deletion)
            #expect(next.overtaken == [run])
            #expect(next.fence == lease.fence.next)
            #expect(!next.isCancelled)
            try await leases.finish(next)
            #expect(try await database.run("select from fetcher.inbox where state <> 'done'").isEmpty)
        }
    }

    @Test("a run that a deletion has overtaken and that cannot be read any more is answered, and keeps nobody waiting")
    func unreadableOvertaken() async throws {
        try await withInbox { inbox, database in
            let leases = LeaseStore(database: database, owner: "test", duration: .seconds(600))
            let idp = IdentityProviderID.make()
            let tenant = TenantID.make()
            let deletion = QueuedRun.sample(of: idp, epoch: 2, kind: .delete, tenant: tenant)
            try await inbox.take([.run(.sample(of: idp, epoch: 1, tenant: tenant))])
            _ = try await leases.claim()
            try await database.run("update fetcher.inbox set kind = 'later'")
            try await inbox.take([.run(deletion)])
            let lease = try #require(try await leases.claim())
            #expect(lease.run == deletion)
            #expect(lease.overtaken.isEmpty)
            let ended = try await database.run("select ending->>'cause' from fetcher.inbox where state = 'ended'")
            let causes = try ended.map { try $0.decode(String.self) }
            #expect(causes == ["unreadable"])
        }
    }

    @Test("a cancelled run need not wait any longer")
    func cancelled() async throws {
        try await withInbox { inbox, database in
            let leases = LeaseStore(database: database, owner: "test", duration: .seconds(600))
            let run = QueuedRun.sample()
            try await inbox.take([.run(run)])
            try await leases.handBack(try #require(try await leases.claim()), after: .seconds(600))
            #expect(try await leases.claim() == nil)
            try await inbox.take([.cancellation(run.run)])
            #expect(try await leases.claim()?.isCancelled == true)
        }
    }

    @Test("old runs and pages are deleted, epochs and fences are not")
    func cleanedUp() async throws {
        try await withInbox { inbox, database in
            let leases = LeaseStore(database: database, owner: "test", duration: .seconds(600))
            try await inbox.take([.run(.sample()), .run(.sample())])
            let lease = try #require(try await leases.claim())
            try await leases.finish(lease)
            try await database.run(
                "update fetcher.inbox set finished_at = now() - interval '31 days' where state = 'done'"
            )
            for age in [169, 167] {
                try await database.run(
                    """
                    insert into fetcher.page_sets
                    values (gen_random_uuid(), 1, 1, '', '', 1, now() - make_interval(hours => \(age)))
                    """
                )
            }
            let pageSets = PageSetStore(database: database, lifetime: .seconds(168 * 3_600))
            let failures = try await cleanUp(database, pageSets, Broker.quiet).runOnce()
            #expect(failures?.isEmpty == true)
            #expect(try await database.run("select from fetcher.inbox").count == 1)
            #expect(try await database.run("select from fetcher.page_sets").count == 1)
            #expect(try await database.run("select from fetcher.leases").count == 2)
        }
    }

    private func withInbox(_ body: @Sendable (InboxStore, Database) async throws -> Void) async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: FetcherSchema.name, migrations: FetcherSchema.migrations).run(on: database)
            try await body(InboxStore(database: database), database)
        }
    }
}
