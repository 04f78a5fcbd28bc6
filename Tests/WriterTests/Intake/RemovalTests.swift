import Messages
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RemovalTests {
    let both = [person("ann", name: "Ann"), person("bob", name: "Bob")]

    /// A directory with Ann and Bob, and a second run that shows Ann only.
    func afterSecondRun(
        limits: SafetyLimits = SafetyLimits(),
        kind: RunSync.Kind = .full,
        manifest: FetchManifest? = nil,
        gone: [DirectoryObject] = [.department(2), .user("bob")],
        _ body: @Sendable (WriterWorld, Source, RunFinished) async throws -> Void
    ) async throws {
        try await WriterWorld.with { world in
            let source = Source(limits: limits)
            var log = RunLog()
            try log.append(
                RunLog.Run(source: source),
                departments: [department(1), department(2)],
                users: both
            )
            try log.append(
                RunLog.Run(source: source, epoch: 2, kind: kind),
                departments: [department(1)],
                users: [both[0]],
                manifest: manifest,
                gone: gone
            )
            try await world.assignedIntake().read(log)
            let finished = try await world.finished(source)
            #expect(finished.count == 2)
            try await body(world, source, try #require(finished.last))
        }
    }

    @Test("whom a run missed, and of whom WeCom says that they are not there, is disabled")
    func removes() async throws {
        try await afterSecondRun { world, source, finished async throws in
            #expect(finished.outcome == .succeeded)
            #expect(finished.counts.users == RunCounts.Objects(seen: 1, unchanged: 1, removed: 1))
            #expect(finished.counts.departments == RunCounts.Objects(seen: 1, unchanged: 1, removed: 1))
            let users = try await world.users(of: source)
            #expect(users.filter(\.value.isRemoved).map(\.key) == ["bob"])
            #expect(try await world.departments(of: source) == [1])
            let last = try #require(try await world.changes(of: source).flatMap(\.users).last)
            #expect(last.kind == .disabled)
            #expect(last.id == source.user("bob"))
            #expect(!last.isEnabled)
        }
    }

    @Test("a person who returns keeps the id")
    func returns() async throws {
        try await afterSecondRun { world, source, _ async throws in
            let before = try #require(try await world.users(of: source)["bob"])
            var log = RunLog()
            for _ in 0..<20 { log.append(key: nil, value: nil, headers: []) }
            let start = log.end
            try log.append(
                RunLog.Run(source: source, epoch: 3),
                departments: [department(1), department(2)],
                users: both
            )
            try await world.assignedIntake().read(log, from: start)
            let bob = try #require(try await world.users(of: source)["bob"])
            #expect(bob.id == before.id)
            #expect(!bob.isRemoved)
            #expect(try await world.departments(of: source) == [1, 2])
            let last = try #require(try await world.changes(of: source).flatMap(\.users).last)
            #expect(last.kind == .restored)
            #expect(last.id == bob.id)
        }
    }

    @Test("nobody is asked for who may be in a department that was not read, and the run says why")
    func incomplete() async throws {
        var manifest = manifest([1], ["ann"])
        manifest.isComplete = false
        manifest.unreadDepartments = [1]
        manifest.incompleteReasons = ["Department 1 could not be read."]
        try await afterSecondRun(manifest: manifest, gone: [.department(2)]) { world, source, finished async throws in
            #expect(finished.outcome == .partial)
            let unknown = "WeCom did not say of 1 whether they are there; the next run asks."
            #expect(finished.reasons == ["Department 1 could not be read.", unknown])
            #expect(finished.counts.users == RunCounts.Objects(seen: 1, unchanged: 1, unknown: 1))
            #expect(try await world.asked(source).map(\.objects) == [[.department(2)]])
            #expect(try await world.users(of: source).filter(\.value.isRemoved).isEmpty)
            #expect(try await world.departments(of: source) == [1])
            #expect(try await world.missing(of: source).mapValues(\.state) == ["bob": .open])
        }
    }

    @Test("a run of which something did not arrive removes nobody")
    func wrongDigest() async throws {
        try await afterSecondRun(manifest: manifest([1], ["cid"])) { world, source, finished async throws in
            #expect(finished.outcome == .partial)
            #expect(finished.reasons == ["1 people were read from WeCom, 1 arrived."])
            #expect(finished.counts.users.removed == 0)
            #expect(try await world.asked(source).isEmpty)
            #expect(try await world.users(of: source).filter(\.value.isRemoved).isEmpty)
        }
    }

    @Test("people beyond the limit are held and keep their access; departments go meanwhile")
    func held() async throws {
        let limits = SafetyLimits(people: LossLimits(perRun: LossLimit(count: 0, percent: 10)))
        try await afterSecondRun(limits: limits) { world, source, finished async throws in
            #expect(finished.outcome == .held)
            #expect(finished.reasons == [RunEnd.heldReason(1)])
            #expect(finished.counts.users == RunCounts.Objects(seen: 1, unchanged: 1, held: 1))
            #expect(try await world.users(of: source).filter(\.value.isRemoved).isEmpty)
            #expect(try await world.departments(of: source) == [1])
            let bob = try #require(try await world.missing(of: source)["bob"])
            #expect(bob.state == .held)
            #expect(bob.hold == .overLimit)
        }
    }

    @Test("a run of the departments leaves all people as they are")
    func departmentsOnly() async throws {
        try await afterSecondRun(kind: .departments, gone: [.department(2)]) { world, source, finished async throws in
            #expect(finished.outcome == .succeeded)
            #expect(try await world.departments(of: source) == [1])
            #expect(try await world.users(of: source).filter(\.value.isRemoved).isEmpty)
        }
    }

    @Test("a person whose record could not be mapped stays as before")
    func rejected() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let second = RunLog.Run(source: source, epoch: 2)
            var log = RunLog()
            try log.append(RunLog.Run(source: source), users: both)
            try log.start(second)
            try log.append(DepartmentBatch(page: 1, departments: [department(1, "All")]), of: second)
            let rejected = RejectedRecord(externalID: "Bob", reason: "The name is no text.")
            try log.append(UserBatch(page: 2, users: [both[0]], rejected: [rejected]), of: second)
            try log.append(RunMapped(manifest: manifest([1], ["ann", "bob"])), of: second)
            try await world.assignedIntake().read(log)
            let finished = try #require(try await world.finished(source).last)
            #expect(finished.outcome == .partial)
            #expect(finished.counts.users == RunCounts.Objects(seen: 2, unchanged: 1, rejected: 1, known: 2))
            #expect(finished.reasons == ["1 people and 0 departments could not be taken."])
            #expect(!finished.isBasis)
            #expect(try await world.users(of: source).filter(\.value.isRemoved).isEmpty)
        }
    }

    @Test("only a full run that was taken in whole can be gone on from", arguments: Shortfall.allCases)
    func basis(shortfall: Shortfall) async throws {
        try await WriterWorld.with { world in
            let isLimited = shortfall == .held || shortfall == .withheld
            let source = Source(limits: SafetyLimits(people: isLimited ? .nobody : .people))
            var run = RunLog.Run(source: source, epoch: 2)
            if shortfall == .dryRun { run.isDryRun = true }
            if shortfall == .departments { run.kind = .departments }
            var log = RunLog()
            try log.append(RunLog.Run(source: source), users: both)
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1, "All")]), of: run)
            if run.kind == .full {
                var batch = UserBatch(page: 2, users: [both[0]])
                if shortfall == .withheld { batch.users = [person("ann", name: "Ann", status: .disabled)] }
                if shortfall == .rejectedWithoutID {
                    batch.rejected = [RejectedRecord(externalID: nil, reason: "no id")]
                }
                try log.append(batch, of: run)
            }
            let missing = shortfall == .incomplete ? ["ann", "cid"] : ["ann"]
            let isFull = run.kind == .full
            try log.append(RunMapped(manifest: manifest([1], isFull ? missing : [], pages: isFull ? 2 : 1)), of: run)
            try log.answer(run, absent: [.user("bob")])
            try await world.assignedIntake().read(log)
            let isBasis = shortfall == .none || shortfall == .held
            #expect(try await world.finished(source).map(\.isBasis) == [true, isBasis])
        }
    }

    enum Shortfall: CaseIterable {
        case none, held, withheld, incomplete, rejectedWithoutID, dryRun, departments
    }
}
