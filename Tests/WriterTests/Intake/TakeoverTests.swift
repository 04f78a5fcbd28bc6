import Kafka
import Messages
import Pipeline
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct TakeoverTests {
    @Test("a new holder takes the run over, and the one before is not heard any more")
    func newFence() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let first = RunLog.Run(source: source)
            var second = first
            second.fence = 2
            var log = RunLog()
            try log.start(first)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: first)
            try log.append(UserBatch(page: 2, users: [person("ann")]), of: first)
            try log.start(second)
            try log.append(UserBatch(page: 3, users: [person("late")]), of: first)
            try log.append(UserBatch(page: 1, users: [person("bob")]), of: second)
            try log.append(RunMapped(manifest: manifest([1], ["ann", "late"], pages: 3)), of: first)
            try log.start(first)
            try log.append(RunMapped(manifest: manifest([1], ["ann", "bob"], pages: 1)), of: second)
            try await world.assignedIntake().read(log)
            #expect(try await world.users(of: source).keys.sorted() == ["ann", "bob"])
            let finished = try await world.finished(source)
            #expect(finished.map(\.outcome) == [.succeeded])
            #expect(finished.first?.counts.users == RunCounts.Objects(seen: 2, created: 2))
        }
    }

    @Test("a page that later ones have overtaken changes nobody, and the run is partial")
    func overtaken() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            try log.append(UserBatch(page: 3, users: [person("ann", name: "new")]), of: run)
            try log.append(UserBatch(page: 2, users: [person("ann", name: "old")]), of: run)
            try log.append(RunMapped(manifest: manifest([1], ["ann"], pages: 3)), of: run)
            try await world.assignedIntake().read(log)
            #expect(try await world.users(of: source).mapValues(\.name) == ["ann": "new"])
            #expect(try await world.finished(source).map(\.outcome) == [.partial])
        }
    }

    @Test("messages of an older run are ignored once a newer one began, and the older one has failed")
    func olderEpoch() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let old = RunLog.Run(source: source)
            let new = RunLog.Run(source: source, epoch: 2)
            var log = RunLog()
            try log.start(old)
            try log.append(UserBatch(page: 1, users: [person("ann")]), of: old)
            try log.start(new)
            try log.append(UserBatch(page: 2, users: [person("late")]), of: old)
            try log.append(RunMapped(manifest: manifest([], ["ann", "late"])), of: old)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: new)
            try log.append(UserBatch(page: 2, users: [person("ann")]), of: new)
            try log.append(RunMapped(manifest: manifest([1], ["ann"])), of: new)
            try log.append(old, users: [person("late")])
            try await world.assignedIntake().read(log)
            #expect(try await world.users(of: source).keys.sorted() == ["ann"])
            let finished = try await world.finished(source)
            #expect(finished.map(\.outcome) == [.failed, .succeeded, .failed, .failed])
            #expect(finished.map(\.cause) == [.overtaken, nil, .overtaken, .overtaken])
        }
    }

    @Test("a partition that somebody else moved on in the middle of a run is read anew, and nothing counts twice")
    func movedOn() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            try log.append(UserBatch(page: 2, users: [person("ann")]), of: run)
            try log.append(UserBatch(page: 3, users: [person("bob"), person("ann", name: "Ann")]), of: run)
            try log.append(RunMapped(manifest: manifest([1], ["ann", "bob"], pages: 3)), of: run)
            let (late, owner) = (try await world.assignedIntake(), try await world.assignedIntake())
            try await late.read(log, upTo: 3)
            await #expect(throws: SegmentConflict.self) { try await owner.read(log, upTo: 2) }
            try await owner.readAnew(log)
            await #expect(throws: SegmentConflict.self) { try await late.read(log, from: 3) }
            try await late.readAnew(log)
            let finished = try await world.finished(source)
            #expect(finished.map(\.outcome) == [.succeeded])
            #expect(finished.first?.counts.users == RunCounts.Objects(seen: 2, created: 2))
            #expect(try await world.users(of: source)["ann"]?.name == "Ann")
        }
    }
}
