import KafkaTesting
import Messages
import Postgres
import PostgresTesting
import Testing
import Traces

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs DATABASE_URL"))
struct LeaseStoreTests {
    @Test("runs are claimed in the order in which they came, each once")
    func order() async throws {
        try await withStores { stores in
            let runs = (0..<3).map { _ in QueuedRun.sample() }
            for run in runs { try await stores.inbox.take([.run(run)]) }
            var claimed: [RunID] = []
            while let lease = try await stores.leases.claim() {
                claimed.append(lease.run.run)
                #expect(lease.fence == Fence(rawValue: 1))
            }
            #expect(claimed == runs.map(\.run))
        }
    }

    @Test("runs of single objects wait behind no others")
    func soonDone() async throws {
        try await withStores { stores in
            let runs = [RunSync.Kind.full, .apply, .objects].map { QueuedRun.sample(kind: $0) }
            for run in runs { try await stores.inbox.take([.run(run)]) }
            #expect(try await stores.leases.claim()?.run == runs[2])
            #expect(try await stores.leases.claim()?.run == runs[0])
        }
    }

    @Test("a run is claimed as it was asked for")
    func content() async throws {
        try await withStores { stores in
            var run = QueuedRun.sample(kind: .objects)
            run.target = RunTarget(users: ["u\u{0}"], departments: [7], includesBelow: true, toldDeleted: ["u\u{0}"])
            run.selection = HeldSelection(upTo: Epoch(rawValue: 3), objects: [.user("u\u{0}")])
            try await stores.inbox.take([.run(run), .run(run)])
            #expect(try await stores.leases.claim()?.run == run)
            #expect(try await stores.leases.claim() == nil)
        }
    }

    @Test("an identity provider's runs are worked on one after the other, the earliest epoch first")
    func oneAtATime() async throws {
        try await withStores { stores in
            let source = IdentityProviderID.make()
            let later = QueuedRun.sample(of: source, epoch: 2)
            let earlier = QueuedRun.sample(of: source, epoch: 1)
            try await stores.inbox.take([.run(earlier), .run(later)])
            let lease = try #require(try await stores.leases.claim())
            #expect(lease.run == earlier)
            #expect(try await stores.leases.claim() == nil)
            try await stores.leases.finish(lease)
            let next = try #require(try await stores.leases.claim())
            #expect(next.run == later)
            #expect(next.fence == Fence(rawValue: 2))
        }
    }

    @Test("a lease that runs out is taken over with a higher fence, and its former holder has lost it")
    func takeover() async throws {
        try await withStores(lease: .milliseconds(50)) { stores in
            try await stores.inbox.take([.run(.sample())])
            let first = try #require(try await stores.leases.claim())
            let second = try await stores.eventuallyClaim()
            #expect(second.run == first.run)
            #expect(second.fence == first.fence.next)
            await #expect(throws: LeaseLost.self) { try await stores.leases.renew(first) }
            await #expect(throws: LeaseLost.self) { try await stores.leases.finish(first) }
            await #expect(throws: LeaseLost.self) {
                try await stores.checkpoints.save(
                    Checkpoint(departments: [DepartmentPeople(department: 1, keys: [], shortcomings: [])]),
                    under: first
                )
            }
            try await stores.leases.handBack(first)
            try await stores.leases.finish(second)
        }
    }

    @Test("a lease that was taken while the clock was a day fast is taken over, and its holder is shut out")
    func leaseOfFastClock() async throws {
        try await withStores { stores in
            try await stores.inbox.take([.run(.sample())])
            let first = try #require(try await stores.leases.claim())
            #expect(try await stores.leases.claim() == nil)
            try await stores.database.run("update fetcher.leases set expires_at = now() + interval '1 day'")
            let second = try #require(try await stores.leases.claim())
            #expect(second.fence == first.fence.next)
            await #expect(throws: LeaseLost.self) { try await stores.leases.renew(first) }
        }
    }

    @Test(
        "a turn that was given while the clock was a day fast has come, and one within the longest wait has not",
        arguments: [("1 day", true), ("1 hour", false)]
    )
    func turnOfFastClock(ahead: String, isDue: Bool) async throws {
        try await withStores { stores in
            try await stores.inbox.take([.run(.sample())])
            try await stores.database.run("update fetcher.inbox set not_before = now() + \(ahead)::text::interval")
            #expect((try await stores.leases.claim() != nil) == isDue)
        }
    }

    @Test("a lease that is renewed begins anew, and is not taken over")
    func renewal() async throws {
        try await withStores(lease: .seconds(3_600)) { stores in
            try await stores.inbox.take([.run(.sample())])
            let lease = try #require(try await stores.leases.claim())
            // As if nearly an hour had gone by.
            try await stores.database.run("update fetcher.leases set expires_at = now() + interval '60 seconds'")
            #expect(try await stores.leases.renew(lease) == false)
            let isLong = try await stores.database.run(
                "select expires_at > now() + interval '3000 seconds' from fetcher.leases"
            )
            #expect(try isLong.decode(Bool.self) == [true])
            #expect(try await stores.leases.claim() == nil)
        }
    }

    @Test("a run that is handed back can be claimed at once, one that failed only after a while")
    func handBack() async throws {
        try await withStores { stores in
            try await stores.inbox.take([.run(.sample())])
            let first = try #require(try await stores.leases.claim())
            try await stores.leases.handBack(first)
            let second = try #require(try await stores.leases.claim())
            #expect(second.fence == first.fence.next)
            #expect(try await stores.leases.failures(of: second) == 0)
            try await stores.leases.handBack(second, after: .seconds(3), hasFailed: true)
            #expect(try await stores.leases.claim() == nil)
            let third = try await stores.eventuallyClaim()
            #expect(try await stores.leases.failures(of: third) == 1)
        }
    }

    @Test("a run that WeCom's limit keeps waiting waits twice as long each time in a row, and keeps what was read")
    func postponed() async throws {
        try await withStores { stores in
            try await stores.inbox.take([.run(.sample())])
            var delays: [Duration] = []
            for round in 1...9 {
                let lease = try #require(try await stores.leases.claim())
                if round == 9 {
                    let people = [DepartmentPeople(department: 1, keys: [], shortcomings: [])]
                    try await stores.checkpoints.save(Checkpoint(departments: people), under: lease)
                }
                delays.append(try await stores.leases.postpone(lease))
                #expect(try await stores.leases.claim() == nil)
                await #expect(throws: LeaseLost.self) { try await stores.leases.finish(lease) }
                try await stores.database.run("update fetcher.inbox set not_before = now()")
            }
            #expect(delays.map { Int($0 / .seconds(60)) } == [1, 2, 4, 8, 16, 32, 60, 60, 1])
            let lease = try #require(try await stores.leases.claim())
            #expect(try await stores.checkpoints.load(lease).departments.map(\.department) == [1])
            #expect(try await stores.leases.failures(of: lease) == 0)
        }
    }

    @Test("whoever holds a run hears that it is to end")
    func cancellation() async throws {
        try await withStores { stores in
            let (first, second) = (QueuedRun.sample(), QueuedRun.sample())
            try await stores.inbox.take([.run(first)])
            let lease = try #require(try await stores.leases.claim())
            #expect(lease.isCancelled == false)
            try await stores.inbox.take([.cancellation(first.run), .run(second), .cancellation(second.run)])
            #expect(try await stores.leases.renew(lease))
            #expect(try await stores.leases.claim()?.isCancelled == true)
        }
    }

    @Test("many who claim at once never get the same run")
    func contention() async throws {
        try await withStores { stores in
            let sources = (0..<5).map { _ in IdentityProviderID.make() }
            let runs = (1...4).flatMap { epoch in sources.map { QueuedRun.sample(of: $0, epoch: epoch) } }
            try await stores.inbox.take(runs.map { .run($0) })
            let claims = try await withThrowingTaskGroup(of: [Lease].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var own: [Lease] = []
                        while try await stores.openRuns() > 0 {
                            guard let lease = try await stores.leases.claim() else { continue }
                            own.append(lease)
                            try await stores.leases.finish(lease)
                        }
                        return own
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claims.count == runs.count)
            #expect(Set(claims.map(\.run.run)) == Set(runs.map(\.run)))
            #expect(claims.allSatisfy { $0.fence.rawValue == $0.run.epoch.rawValue })
        }
    }

    @Test("a checkpoint gives back what was read, and is gone with the run")
    func checkpoint() async throws {
        try await withStores { stores in
            try await stores.inbox.take([.run(.sample())])
            let lease = try #require(try await stores.leases.claim())
            let keys = (0..<100).map { DirectoryKey("u\($0)", isCaseSensitive: false).digest }
            let people = [
                DepartmentPeople(department: 1, keys: keys, shortcomings: []),
                DepartmentPeople(department: 4_294_967_295, keys: [], shortcomings: ["It is, \"odd\".", "名"]),
            ]
            try await stores.checkpoints.save(Checkpoint(departments: people), under: lease)
            try await stores.checkpoints.save(Checkpoint(departments: [people[1]]), under: lease)
            let loaded = try await stores.checkpoints.load(lease)
            #expect(loaded.departments.sorted { $0.department < $1.department } == people)
            #expect(loaded.people.isEmpty)
            try await stores.leases.finish(lease)
            #expect(try await stores.checkpoints.load(lease).isEmpty)
        }
    }

    @Test("people who were asked for one by one are remembered, count as progress, and are gone with the run")
    func askedPeople() async throws {
        try await withStores { stores in
            try await stores.inbox.take([.run(.sample())])
            let first = try #require(try await stores.leases.claim())
            _ = try await stores.leases.postpone(first)
            try await stores.database.run("update fetcher.inbox set not_before = now()")
            let second = try #require(try await stores.leases.claim())
            let people = [
                AskedPerson(key: .sum("a"), isPresent: true, isSent: true),
                AskedPerson(key: .sum("b"), isPresent: true, isSent: false),
                AskedPerson(key: .sum("c"), isPresent: false, isSent: false, code: 60111),
            ]
            try await stores.checkpoints.save(Checkpoint(people: people), under: second)
            try await stores.checkpoints.save(Checkpoint(people: [people[2]]), under: second)
            // Something was learnt since the first wait, so that the second is no longer.
            let wait = try await stores.leases.postpone(second)
            #expect(Int(wait / .seconds(60)) == 1)
            try await stores.database.run("update fetcher.inbox set not_before = now()")
            let third = try #require(try await stores.leases.claim())
            let loaded = try await stores.checkpoints.load(third)
            #expect(Set(loaded.people.map(\.key)) == Set(people.map(\.key)))
            #expect(people.allSatisfy { loaded.people.contains($0) })
            #expect(loaded.departments.isEmpty)
            await #expect(throws: LeaseLost.self) {
                try await stores.checkpoints.save(Checkpoint(people: people), under: second)
            }
            try await stores.leases.finish(third)
            #expect(try await stores.checkpoints.load(third).isEmpty)
        }
    }

    private struct Stores: Sendable {
        let database: Database
        let inbox: InboxStore
        let leases: LeaseStore
        let checkpoints: CheckpointStore

        func eventuallyClaim() async throws -> Lease {
            var lease: Lease?
            try await eventually("a run can be claimed") {
                lease = try await leases.claim()
                return lease != nil
            }
            return try #require(lease)
        }

        func openRuns() async throws -> Int {
            try await database.run("select count(*) from fetcher.inbox where state <> 'done'")[0].decode(Int.self)
        }
    }

    private func withStores(
        lease: Duration = .seconds(60),
        _ body: @Sendable (Stores) async throws -> Void
    ) async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: FetcherSchema.name, migrations: FetcherSchema.migrations).run(on: database)
            try await body(
                Stores(
                    database: database,
                    inbox: InboxStore(database: database),
                    leases: LeaseStore(database: database, owner: "test", duration: lease),
                    checkpoints: CheckpointStore(database: database)
                )
            )
        }
    }
}

extension QueuedRun {
    static func sample(
        of source: IdentityProviderID = .make(),
        epoch: Int64 = 1,
        kind: RunSync.Kind = .full,
        tenant: TenantID = .make()
    ) -> QueuedRun {
        QueuedRun(
            subject: RunSubject(
                run: .make(),
                identityProvider: source,
                tenant: tenant,
                epoch: Epoch(rawValue: epoch),
                trace: .make()
            ),
            kind: kind,
            isDryRun: false,
            terms: RunTerms(
                generation: Generation(rawValue: 2),
                userIDCase: .sensitive,
                scope: .departments([3, 4_294_967_295]),
                mapping: MappingNumber(rawValue: 7)
            ),
            revision: Revision(rawValue: 3),
            cause: .schedule,
            requestedAt: Timestamp(millisecondsSince1970: 1_700_000_000_123),
            basis: Epoch(rawValue: 41)
        )
    }
}
