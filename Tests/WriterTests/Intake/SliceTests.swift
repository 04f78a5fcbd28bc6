import Messages
import Pipeline
import Testing

@testable import Writer

/// Pages that come in slices, and pages that never come.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct SliceTests {
    let page = Page(department: 1, people: [person("ann"), person("bob"), person("cid")])

    /// The page in three slices of a person each.
    var slices: [UserBatch] {
        page.people.enumerated().map { index, person in
            var slice = page.batch(2)
            slice.users = [person]
            slice.slice = PageSlice(number: index + 1, count: 3)
            return slice
        }
    }

    func run(_ source: Source, _ batches: [UserBatch], pages: Int = 2, epoch: Int64 = 1) throws -> RunLog {
        var log = RunLog()
        let run = RunLog.Run(source: source, epoch: epoch)
        try log.start(run)
        try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
        for batch in batches { try log.append(batch, of: run) }
        try log.append(RunMapped(manifest: manifest([1], ["ann", "bob", "cid"], pages: pages)), of: run)
        return log
    }

    @Test(
        "a page in slices is as one, also for the next run, and slices that come again change nothing",
        arguments: [1, 9]
    )
    func whole(size: Int64) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = try run(source, slices + slices)
            let start = log.end
            try log.append(RunLog.Run(source: source, epoch: 2), travelling: [], unchanged: [page])
            let intake = try await world.assignedIntake()
            try await intake.read(log, upTo: start, by: size)
            try await intake.read(log, from: start)
            let finished = try await world.finished(source)
            #expect(finished.map(\.outcome) == [.succeeded, .succeeded], "\(finished.map(\.reasons))")
            #expect(finished[0].isBasis)
            #expect(finished[1].counts.users == RunCounts.Objects(seen: 3, unchanged: 3))
        }
    }

    @Test("a slice that is missing makes the run partial, and the page is not kept")
    func missing() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let log = try run(source, [slices[0], slices[2]])
            try await world.assignedIntake().read(log)
            let finished = try #require(try await world.finished(source).first)
            #expect(finished.outcome == .partial)
            #expect(!finished.isBasis)
            #expect(try await world.pages(of: source).isEmpty)
        }
    }

    @Test("a writer that goes on between two slices ends the same", arguments: 3...6)
    func crash(at offset: Int64) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let log = try run(source, slices)
            try await world.assignedIntake().read(log, upTo: offset, by: 1)
            try await world.intake().readAnew(log)
            let finished = try #require(try await world.finished(source).first)
            #expect(finished.outcome == .succeeded, "\(finished.reasons)")
            #expect(finished.counts.users == RunCounts.Objects(seen: 3, created: 3))
            #expect(try await world.pages(of: source) == ["1.0"])
        }
    }

    @Test("credit comes for a page once its last slice is there")
    func credit() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let log = try run(source, slices)
            try await world.assignedIntake().read(log, by: 1)
            let told = try await world.progress(3).map { try $0.decode(StageProgress.self).pages }
            #expect(told == [0, 1, 2])
        }
    }

    @Test("a page that could not be mapped counts as a page, gives its reason, and nobody is removed")
    func refused() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source), users: [person("ann"), person("bob")])
            let next = RunLog.Run(source: source, epoch: 2)
            try log.start(next)
            try log.append(DepartmentBatch(page: 1, departments: [department(1, "All")]), of: next)
            try log.append(PageRefused(page: 2, reason: "The page is no JSON."), of: next)
            try log.append(PageRefused(page: 2, reason: "The page is no JSON."), of: next)
            try log.append(UserBatch(page: 3, users: [person("ann")]), of: next)
            try log.append(RunMapped(manifest: manifest([1], ["ann", "bob"], pages: 3)), of: next)
            try await world.assignedIntake().read(log, by: 1)
            let finished = try #require(try await world.finished(source).last)
            #expect(finished.outcome == .partial)
            #expect(finished.reasons == ["The page is no JSON."])
            #expect(!finished.isBasis)
            #expect(try await world.users(of: source).allSatisfy { !$0.value.isRemoved })
            let told = try await world.progress(7).map { try $0.decode(StageProgress.self).pages }
            #expect(told.suffix(4) == [0, 1, 2, 3])
        }
    }

    @Test("a refused page whose number could not be read makes the run partial, too")
    func refusedWithoutNumber() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            try log.append(PageRefused(page: 0, reason: "It is no page."), of: run)
            try log.append(RunMapped(manifest: manifest([1], [], pages: 1)), of: run)
            try await world.assignedIntake().read(log)
            let finished = try #require(try await world.finished(source).first)
            #expect(finished.outcome == .partial)
            #expect(finished.reasons == ["It is no page."])
        }
    }

    @Test("that a page was refused is not forgotten when another writer goes on", arguments: [3, 4, 5])
    func refusedThenCrash(offset: Int64) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            try log.append(PageRefused(page: 2, reason: "The page is no JSON."), of: run)
            try log.append(UserBatch(page: 3, users: [person("ann")]), of: run)
            try log.append(UserBatch(page: 4, users: [person("bob")]), of: run)
            try log.append(RunMapped(manifest: manifest([1], ["ann", "bob"], pages: 4)), of: run)
            try await world.assignedIntake().read(log, upTo: offset, by: 1)
            try await world.intake().readAnew(log)
            let finished = try #require(try await world.finished(source).first)
            #expect(finished.outcome == .partial)
            #expect(finished.reasons == ["The page is no JSON."])
        }
    }
}
