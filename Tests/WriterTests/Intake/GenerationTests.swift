import Messages
import Testing

@testable import Writer

/// Another corp behind the same identity provider is another generation (architecture.md §3.7).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct GenerationTests {
    let second = Generation(rawValue: 2)

    func run(_ source: Source, _ epoch: Int64, _ generation: Generation, isDryRun: Bool = false) -> RunLog.Run {
        var terms = source.terms
        terms.generation = generation
        return RunLog.Run(source: source, epoch: epoch, isDryRun: isDryRun, terms: terms)
    }

    /// A directory with Ann and Bob of the first corp.
    func with(_ body: @Sendable (WriterWorld, Source, RunLog, DirectoryIntake) async throws -> Void) async throws {
        try await WriterWorld.with { world in
            let source = Source(limits: SafetyLimits(people: .nobody))
            var log = RunLog()
            try log.append(run(source, 1, .first), users: [person("ann", name: "Ann"), person("bob")])
            let intake = try await world.assignedIntake()
            try await intake.read(log)
            try await body(world, source, log, intake)
        }
    }

    @Test("the people of the corp before go when a run of the new one begins, and who has their key is somebody else")
    func replaces() async throws {
        try await with { world, source, log, intake async throws in
            var log = log
            let start = log.end
            try log.append(run(source, 2, second), users: [person("ann", name: "Ann"), person("cid")])
            try await intake.read(log, from: start)
            let users = try await world.users(of: source)
            #expect(users.mapValues(\.isRemoved) == ["ann": false, "bob": true, "cid": false])
            #expect(users["ann"]?.id == source.user("ann", second))
            #expect(users["bob"]?.id == source.user("bob"))
            let told = try await world.changes(of: source).dropFirst(2)
            let gone = try #require(told.first)
            #expect(gone.generation == .first)
            #expect(gone.users.map(\.id) == [source.user("ann"), source.user("bob")])
            #expect(gone.users.map(\.kind) == [.disabled, .disabled])
            let come = told.dropFirst().flatMap(\.users)
            #expect(come.map(\.kind) == [.deleted, .created, .created])
            #expect(come.first?.id == source.user("ann"))
            #expect(told.last?.generation == second)
            let finished = try #require(try await world.finished(source).last)
            #expect(finished.outcome == .succeeded)
            #expect(finished.counts.users == RunCounts.Objects(seen: 2, created: 2, removed: 2))
        }
    }

    @Test("whom a deletion shuts out is told of as the corp's they are of, by its own case rule")
    func deletion() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var first = run(source, 1, .first)
            first.terms?.userIDCase = .sensitive
            var log = RunLog()
            let people = [person("Ann"), person("ann")]
            var said = manifest([1], ["Ann", "ann"], pages: 2)
            said.userDigest = people.reduce(.zero) { $0 &+ UserIDCase.sensitive.key(of: $1.externalID).digest }
            try log.append(first, users: people, manifest: said)
            try log.append(deletion: run(source, 2, second))
            try await world.assignedIntake().read(log)
            let told = try #require(try await world.changes(of: source).last { !$0.users.isEmpty })
            #expect(told.users.map(\.externalID) == ["Ann", "ann"])
            #expect(told.users.map(\.kind) == [.disabled, .disabled])
            #expect(told.generation == .first)
            #expect(told.userIDCase == .sensitive)
            #expect(try await world.finished(source).last?.counts.users.removed == 2)
        }
    }

    @Test("a run of a corp that has gone is not applied")
    func older() async throws {
        try await with { world, source, log, intake async throws in
            var log = log
            let start = log.end
            try log.append(run(source, 2, second), users: [person("ann")])
            try log.append(run(source, 3, .first), users: [person("eve")])
            try await intake.read(log, from: start)
            #expect(try await world.users(of: source)["eve"] == nil)
            #expect(try await world.finished(source).map(\.outcome).last == .failed)
        }
    }

    @Test("a dry run of a new corp says what would come, and leaves everybody as they are")
    func dryRun() async throws {
        try await with { world, source, log, intake async throws in
            var log = log
            let start = log.end
            let before = try await world.rows(of: ["users", "memberships"])
            try log.append(run(source, 2, second, isDryRun: true), users: [person("ann")])
            try log.append(run(source, 3, .first), users: [person("ann", name: "Ann"), person("bob")])
            try await intake.read(log, from: start)
            #expect(try await world.rows(of: ["users", "memberships"]) == before)
            let counts = try await world.finished(source).map(\.counts.users)
            #expect(counts[1] == RunCounts.Objects(seen: 1, created: 1, removed: 2))
            #expect(counts[2] == RunCounts.Objects(seen: 2, unchanged: 2))
        }
    }

    @Test("a writer that goes on after a crash in the middle of it ends the same", arguments: 4...9)
    func crash(at offset: Int64) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(run(source, 1, .first), users: [person("ann", name: "Ann"), person("bob")])
            let change = run(source, 2, second)
            try log.start(change)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: change)
            try log.append(UserBatch(page: 2, users: [person("ann")]), of: change)
            try log.append(UserBatch(page: 3, users: [person("ann", name: "Anna")]), of: change)
            try log.append(RunMapped(manifest: manifest([1], ["ann"], pages: 3)), of: change)
            try await world.assignedIntake().read(log, upTo: offset, by: 1)
            try await world.intake().readAnew(log)
            let users = try await world.users(of: source)
            #expect(users["ann"]?.id == source.user("ann", second))
            #expect(users["bob"]?.isRemoved == true)
            let counts = try await world.finished(source).map(\.counts.users)
            #expect(counts.last == RunCounts.Objects(seen: 1, created: 1, removed: 2))
        }
    }
}
