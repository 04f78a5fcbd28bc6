import Kafka
import Messages
import Pipeline
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(2)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct TakeoverTests {
    @Test("a new holder takes the run over, and the one before is not heard any more")
    func newFence() async throws {
        try await WriterWorld.with { world in
            let source = try await world.source()
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
            let source = try await world.source()
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
            let source = try await world.source()
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
            #expect(try await world.finished(source).map(\.outcome) == [.failed, .succeeded])
        }
    }

    @Test("a message that cannot be read is rejected with a reason, and the rest is taken")
    func poison() async throws {
        try await WriterWorld.with { world in
            let source = try await world.source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            log.append(key: source.id.description, value: Array("{".utf8), headers: log.records[1].headers)
            log.append(key: nil, value: nil, headers: [])
            try log.append(UserBatch(page: 2, users: [person("ann")]), of: run)
            try log.append(RunMapped(manifest: manifest([1], ["ann"])), of: run)
            log.append(key: nil, value: [0xFF], headers: [])
            let rejections = try await world.assignedIntake().read(log)
            #expect(rejections.map(\.record.position.offset) == [2, 3, 6])
            #expect(rejections.allSatisfy { !$0.reason.isEmpty })
            #expect(try await world.finished(source).map(\.outcome) == [.succeeded])
            let offsets = try await world.intake().assigned([AssignedPartition(RunLog.partition)])
            #expect(offsets == [RunLog.partition: .at(7)])
        }
    }

    @Test("a partition that somebody else moved on in the middle of a run is read anew, and nothing counts twice")
    func movedOn() async throws {
        try await WriterWorld.with { world in
            let source = try await world.source()
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

    @Test("an identity provider that is deleted in the middle of a run does not stop the others")
    func deletedMeanwhile() async throws {
        try await WriterWorld.with { world in
            let (gone, other) = (try await world.source(), try await world.source())
            let run = RunLog.Run(source: gone)
            let neighbour = RunLog.Run(source: other)
            var log = RunLog()
            try log.start(run)
            try log.append(UserBatch(page: 1, users: [person("ann")]), of: run)
            try log.start(neighbour)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: neighbour)
            let middle = log.end
            try log.append(UserBatch(page: 2, users: [person("bob")]), of: neighbour)
            try log.append(RunAborted(outcome: .cancelled, reason: "It was deleted."), of: run)
            try log.append(RunMapped(manifest: manifest([1], ["bob"])), of: neighbour)
            let intake = try await world.assignedIntake()
            try await intake.read(log, upTo: middle)
            try await world.delete(gone)
            try await world.deletion().markDeleted(gone.id)
            // The first attempt finds that somebody else was here; the stage then gives it the partition anew.
            await #expect(throws: SegmentConflict.self) { try await intake.read(log, from: middle) }
            try await intake.readAnew(log)
            #expect(try await world.users(of: gone).allSatisfy(\.value.isRemoved))
            #expect(try await world.finished(other).map(\.outcome) == [.succeeded])
            #expect(try await world.users(of: other).keys.sorted() == ["bob"])
        }
    }
}
