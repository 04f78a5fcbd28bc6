import Messages
import Postgres
import PostgresTesting
import Testing
import Traces

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs DATABASE_URL"))
struct ErrandStoreTests {
    @Test("an errand is claimed as it was asked, with a fence above the one it came with")
    func content() async throws {
        try await withStores { stores in
            let errand = Errand.sample(fence: 6)
            try await stores.inbox.take([.errand(errand), .errand(errand)])
            let lease = try #require(try await stores.errands.claim())
            #expect(lease.errand == errand)
            #expect(lease.tenure.fence.rawValue == 7)
            #expect(try await stores.errands.claim() == nil)
            try await stores.errands.finish(lease, isRunOver: false)
            try await stores.inbox.take([.errand(errand)])
            #expect(try await stores.errands.claim() == nil)
        }
    }

    @Test("small errands go before big ones, and those whose time is over before all")
    func order() async throws {
        try await withStores { stores in
            let big = Errand.sample(objects: 400)
            let small = Errand.sample(objects: 2)
            let late = Errand.sample(objects: 500, askedAt: Timestamp.now.advanced(by: .seconds(-900)))
            try await stores.inbox.take([big, small, late].map { .errand($0) })
            var claimed: [Errand] = []
            while let lease = try await stores.errands.claim() { claimed.append(lease.errand) }
            #expect(claimed == [late, small, big])
        }
    }

    @Test("a run and an errand of one identity provider are never at once, and what was asked before comes first")
    func oneAtATime() async throws {
        try await withStores { stores in
            let (idp, tenant) = (IdentityProviderID.make(), TenantID.make())
            let run = QueuedRun.sample(of: idp, epoch: 2, tenant: tenant)
            let errand = Errand.sample(of: idp, tenant: tenant, epoch: 1)
            try await stores.inbox.take([.run(run), .errand(errand)])
            #expect(try await stores.leases.claim() == nil)
            let asked = try #require(try await stores.errands.claim())
            #expect(try await stores.leases.claim() == nil)
            try await stores.errands.finish(asked, isRunOver: false)
            let lease = try #require(try await stores.leases.claim())
            #expect(lease.fence == asked.tenure.fence.next)
            try await stores.inbox.take([.errand(.sample(of: idp, tenant: tenant, epoch: 2))])
            #expect(try await stores.errands.claim() == nil)
            try await stores.leases.finish(lease)
            #expect(try await stores.errands.claim()?.tenure.fence == lease.fence.next)
        }
    }

    @Test("a deletion ends what earlier runs asked, whoever works on it, and what they ask later")
    func overtaken() async throws {
        try await withStores { stores in
            let (idp, tenant) = (IdentityProviderID.make(), TenantID.make())
            let errands = (1...2).map { Errand.sample(of: idp, tenant: tenant, epoch: 1, batch: $0) }
            let other = Errand.sample(tenant: tenant)
            try await stores.inbox.take(errands.map { .errand($0) })
            let lease = try #require(try await stores.errands.claim())
            try await stores.inbox.take([.errand(other)])
            let deletion = QueuedRun.sample(of: idp, epoch: 2, kind: .delete, tenant: tenant)
            let late = Errand.sample(of: idp, tenant: tenant, epoch: 1, batch: 3)
            try await stores.inbox.take([.run(deletion), .errand(late)])
            await #expect(throws: LeaseLost.self) { try await stores.errands.renew(lease) }
            await #expect(throws: LeaseLost.self) { try await stores.errands.finish(lease, isRunOver: false) }
            #expect(try await stores.leases.claim()?.run == deletion)
            #expect(try await stores.errands.claim()?.errand == other)
            #expect(try await stores.errands.claim() == nil)
        }
    }

    @Test("a question about another tenant's run is not taken")
    func foreign() async throws {
        try await withStores { stores in
            let run = QueuedRun.sample()
            try await stores.inbox.take([.run(run)])
            let lease = try #require(try await stores.leases.claim())
            try await stores.leases.finish(lease)
            let subject = RunSubject(
                run: run.run,
                identityProvider: run.identityProvider,
                tenant: .make(),
                epoch: run.epoch,
                trace: .make()
            )
            try await stores.inbox.take([.errand(Errand(.sample(), of: subject, fence: Fence(rawValue: 1)))])
            #expect(try await stores.errands.claim() == nil)
            try await stores.inbox.take([.errand(Errand(.sample(), of: run.subject, fence: Fence(rawValue: 1)))])
            #expect(try await stores.errands.claim()?.errand.subject.run == run.run)
        }
    }

    @Test("a question that cannot be read any more is an errand all the same")
    func unreadable() async throws {
        try await withStores { stores in
            try await stores.inbox.take([.errand(.sample())])
            try await stores.database.run("update fetcher.errands set question = '{}'")
            let lease = try #require(try await stores.errands.claim())
            #expect(lease.errand.question == nil)
            try await stores.errands.finish(lease, isRunOver: true)
        }
    }

    @Test("an errand that is handed back is there for others, one that failed after a while")
    func handBack() async throws {
        try await withStores { stores in
            try await stores.inbox.take([.errand(.sample())])
            let first = try #require(try await stores.errands.claim())
            try await stores.errands.handBack(first, after: .zero, hasFailed: false)
            let second = try #require(try await stores.errands.claim())
            #expect(second.tenure.fence == first.tenure.fence.next)
            try await stores.errands.handBack(second, after: .seconds(600), hasFailed: true)
            #expect(try await stores.errands.claim() == nil)
            #expect(try await stores.errands.failures(of: second) == 1)
        }
    }

    @Test("an errand whose lease and turn were set while the clock was a day fast is claimed again")
    func fastClock() async throws {
        try await withStores { stores in
            try await stores.inbox.take([.errand(.sample())])
            let first = try #require(try await stores.errands.claim())
            #expect(try await stores.errands.claim() == nil)
            try await stores.database.run("update fetcher.leases set expires_at = now() + interval '1 day'")
            try await stores.database.run("update fetcher.errands set not_before = now() + interval '1 day'")
            let second = try #require(try await stores.errands.claim())
            #expect(second.tenure.fence == first.tenure.fence.next)
        }
    }

    @Test("a run that was cancelled when its reading was over has its questions cancelled, also those that come later")
    func cancelledBetween() async throws {
        try await withStores { stores in
            let (idp, tenant) = (IdentityProviderID.make(), TenantID.make())
            let run = QueuedRun.sample(of: idp, epoch: 1, tenant: tenant)
            try await stores.inbox.take([.run(run)])
            try await stores.leases.finish(try #require(try await stores.leases.claim()))
            try await stores.inbox.take([.cancellation(run.run)])
            try await stores.inbox.take([.errand(Errand(.sample(), of: run.subject, fence: Fence(rawValue: 1)))])
            let lease = try #require(try await stores.errands.claim())
            #expect(lease.isCancelled)
            try await stores.errands.finish(lease, isRunOver: true)
            let later = Errand(.sample(batch: 2), of: run.subject, fence: Fence(rawValue: 1))
            try await stores.inbox.take([.errand(later)])
            #expect(try await stores.errands.claim()?.isCancelled == true)
        }
    }

    private struct Stores: Sendable {
        let database: Database
        let inbox: InboxStore
        let leases: LeaseStore
        var errands: ErrandStore { ErrandStore(leases: leases) }
    }

    private func withStores(_ body: @Sendable (Stores) async throws -> Void) async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: FetcherSchema.name, migrations: FetcherSchema.migrations).run(on: database)
            let leases = LeaseStore(database: database, owner: "test", duration: .seconds(600))
            try await body(Stores(database: database, inbox: InboxStore(database: database), leases: leases))
        }
    }
}

extension AskFor {
    static func sample(objects: Int = 1, batch: Int = 1, askedAt: Timestamp = .now) -> AskFor {
        AskFor(
            batch: batch,
            batches: 3,
            terms: RunTerms(),
            objects: (0..<objects).map { .user("u\u{0}\($0)") },
            witnesses: [],
            askedAt: askedAt
        )
    }
}

extension Errand {
    static func sample(
        of source: IdentityProviderID = .make(),
        tenant: TenantID = .make(),
        epoch: Int64 = 1,
        fence: Int64 = 1,
        batch: Int = 1,
        objects: Int = 1,
        askedAt: Timestamp = .now
    ) -> Errand {
        let subject = RunSubject(
            run: .make(),
            identityProvider: source,
            tenant: tenant,
            epoch: Epoch(rawValue: epoch),
            trace: .make()
        )
        let question = AskFor.sample(objects: objects, batch: batch, askedAt: askedAt)
        return Errand(question, of: subject, fence: Fence(rawValue: fence))
    }
}
