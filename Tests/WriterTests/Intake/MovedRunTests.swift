import Kafka
import Messages
import Pipeline
import Testing

@testable import Writer

/// A topic gets more partitions while a run is under way, and the rest of the run arrives in another one.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct MovedRunTests {
    private static let other = TopicPartition(topic: RunLog.partition.topic, partition: 3)

    /// A writer that has just taken on both partitions.
    private func intake(in world: WriterWorld) async throws -> DirectoryIntake {
        let intake = world.intake()
        _ = try await intake.assigned([AssignedPartition(RunLog.partition), AssignedPartition(Self.other)])
        return intake
    }

    @Test("a run that goes on in another partition is ended once, and the next one goes on there")
    func whileReading() async throws {
        try await WriterWorld.with { world in
            let run = RunLog.Run(source: Source())
            var (before, after) = (RunLog(), RunLog(place: Self.other))
            try before.start(run)
            try before.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            try await world.assignedIntake().read(before)

            try after.append(UserBatch(page: 2, users: [person("ann")]), of: run)
            try after.append(RunMapped(manifest: manifest([1], ["ann"])), of: run)
            let intake = try await intake(in: world)
            try await intake.read(after, by: 1)
            let ended = try await world.finished(run.source)
            #expect(ended.map(\.outcome) == [.failed, .failed])
            #expect(ended.map(\.cause) == [.unreadable, .unreadable])
            #expect(try await world.users(of: run.source).isEmpty)

            let start = after.end
            try after.append(RunLog.Run(source: run.source, epoch: 2), users: [person("ann")])
            try await intake.read(after, from: start)
            #expect(try await world.finished(run.source).last?.outcome == .succeeded)
            #expect(try await world.users(of: run.source).keys.sorted() == ["ann"])
        }
    }

    @Test("answers that a run waits for count, whichever partition they arrive in")
    func whileAsking() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source, epoch: 2)
            var (before, after) = (RunLog(), RunLog(place: Self.other))
            try before.append(RunLog.Run(source: source), users: [person("ann"), person("bob")])
            try before.append(run, users: [person("ann")])
            try await world.assignedIntake().read(before)

            try after.answer(run, absent: [.user("bob")])
            try await intake(in: world).read(after)
            #expect(try await world.finished(source).map(\.outcome) == [.succeeded, .succeeded])
            #expect(try await world.present(of: source) == ["ann"])
        }
    }

    @Test("what the old partition still holds of a run is seen again without ending it")
    func seenAgain() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var (before, after) = (RunLog(), RunLog(place: Self.other))
            try before.append(RunLog.Run(source: source), users: [person("ann")])
            try await world.assignedIntake().read(before)
            let run = RunLog.Run(source: source, epoch: 2)
            try after.start(run)
            let intake = try await intake(in: world)
            try await intake.read(after)
            try await intake.read(before)
            let start = after.end
            try after.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            try after.append(UserBatch(page: 2, users: [person("ann"), person("bob")]), of: run)
            try after.append(RunMapped(manifest: manifest([1], ["ann", "bob"])), of: run)
            try await intake.read(after, from: start)
            #expect(try await world.finished(source).map(\.outcome) == [.succeeded, .succeeded])
            #expect(try await world.present(of: source) == ["ann", "bob"])
        }
    }
}
