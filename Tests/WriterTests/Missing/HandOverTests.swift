import Kafka
import Messages
import Pipeline
import Postgres
import Synchronization
import Testing

@testable import Writer

/// A run that waits for answers needs no re-reading, whoever has the partition (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct HandOverTests {
    /// A directory of six, and a run that has missed one and waits.
    func withAsking(_ body: @Sendable (inout Story, RunLog.Run) async throws -> Void) async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            #expect(try await story.run(people(0..<5)) == nil)
            let run = RunLog.Run(source: story.source, id: try await story.lastRun(), epoch: 2)
            try await body(&story, run)
        }
    }

    @Test("another writer goes on where the log is, does not read the run again, and takes the answers")
    func takesOver() async throws {
        try await withAsking { story, run in
            let offsets = try await story.world.intake().assigned([AssignedPartition(RunLog.partition)])
            #expect(offsets == [RunLog.partition: .at(story.log.end)])
            try await story.handOver()
            try await story.play { try $0.answer(run, absent: users([5])) }
            let finished = try #require(try await story.end(of: run))
            #expect(finished.outcome == .succeeded)
            #expect(finished.counts.users == RunCounts.Objects(seen: 5, unchanged: 5, removed: 1))
            #expect(try await story.asked().count == 1)
        }
    }

    @Test("the run's beginning, its pages and its end change nothing once it waits, whichever holder sends them")
    func nothingElse() async throws {
        try await withAsking { story, run in
            var next = run
            next.fence = 2
            try await story.play { log in
                for run in [run, next] {
                    try log.append(run, departments: [department(1)], users: people(0..<3))
                }
            }
            #expect(try await story.end(of: run) == nil)
            try await story.handOver()
            try await story.play { try $0.answer(next, absent: users([5])) }
            #expect(try await story.end(of: run)?.counts.users.removed == 1)
            #expect(try await story.present().count == 5)
        }
    }

    @Test("a run that begins meanwhile overtakes it, and asks anew for whoever is missing still")
    func superseded() async throws {
        try await withAsking { story, run in
            #expect(try await story.run(people(0..<5)) == nil)
            let ended = try #require(try await story.world.finished(story.source).last)
            #expect(ended.outcome == .failed)
            #expect(ended.cause == .overtaken)
            #expect((ended.counts.users.missing, ended.counts.users.unknown) == (1, 1))
            try await story.play { try $0.answer(run, absent: users([5])) }
            #expect(try await story.present().count == 6)
            let next = RunLog.Run(source: story.source, id: try await story.lastRun(), epoch: 3)
            try await story.play { try $0.answer(next, absent: users([5])) }
            #expect(try await story.end(of: next)?.outcome == .succeeded)
            #expect(try await story.missing().isEmpty)
        }
    }

    @Test("one that is aborted ends as told, nobody is removed, and the next one asks again", arguments: [true, false])
    func aborted(isHandedOver: Bool) async throws {
        try await withAsking { story, run in
            if isHandedOver { try await story.handOver() }
            try await story.play { log in
                try log.append(RunAborted(outcome: .cancelled, reason: "Nobody wants it."), of: run)
                try log.answer(run, absent: users([5]))
            }
            let finished = try #require(try await story.end(of: run))
            #expect(finished.outcome == .cancelled)
            #expect(finished.reasons == ["Nobody wants it."])
            #expect((finished.counts.users.missing, finished.counts.users.unknown) == (1, 1))
            #expect(try await story.missing().mapValues(\.state) == ["u05": .open])
            #expect(try await story.present().count == 6)
            #expect(try await story.run(people(0..<5), gone: users([5]))?.outcome == .succeeded)
        }
    }

    @Test("a deletion ends it, takes everybody, and leaves nothing of who was missing")
    func deleted() async throws {
        try await withAsking { story, run in
            let deletion = story.next()
            try await story.play { log in
                try log.append(deletion: deletion)
                try log.answer(run, unknown: users([5]))
            }
            let finished = try await story.world.finished(story.source)
            #expect(finished.map(\.cause) == [nil, .deleted, nil])
            #expect(finished.last?.counts.users == RunCounts.Objects(seen: 0, removed: 6))
            #expect(try await story.missing().isEmpty)
            #expect(try await story.present().isEmpty)
            #expect(try await story.world.strings("select object from directory.losses").isEmpty)
        }
    }

    @Test("a transaction with answers that fails leaves nothing behind, and the next attempt does all of it")
    func failure() async throws {
        try await withAsking { story, run in
            let before = try await story.world.content()
            let start = story.log.end
            var log = story.log
            try log.answer(run, absent: users([5]))
            let intake = try await story.world.assignedIntake()
            try await story.world.database.run(
                "alter table directory.outbox add constraint none check (false) not valid"
            )
            await #expect(throws: (any Error).self) { try await intake.read(log, from: start) }
            #expect(try await story.world.content() == before)
            try await story.world.database.run("alter table directory.outbox drop constraint none")
            try await intake.read(log, from: start)
            #expect(try await story.end(of: run)?.counts.users.removed == 1)
        }
    }

    @Test("nobody is deleted after grace while a run waits")
    func grace() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            try await story.run(people(0..<5), gone: users([5]))
            try await story.world.age(days: 31)
            #expect(try await story.run(people(0..<4)) == nil)
            try await story.world.sweep()
            #expect(try await story.world.users(of: story.source).count == 6)
        }
    }

    // MARK: - Crashes

    static let source = Source()

    /// People who leave, move, are disabled and come back; questions in two batches, a sample, an approval, and a run
    /// that is overtaken while it waits.
    static var eventful: RunLog {
        get throws {
            func run(_ epoch: Int64, _ kind: RunSync.Kind = .full) -> RunLog.Run {
                let id = RunID("01900000-0000-7000-8000-00000000000\(epoch)")!
                return RunLog.Run(source: source, id: id, epoch: epoch, kind: kind)
            }
            var log = RunLog()
            try log.append(run(1), users: people(0..<12))
            let disabled = person("u00", status: .disabled)
            try log.append(run(2), users: [disabled] + people(1..<9))
            try log.answer(run(2), absent: users([9]), batch: 2, of: 3)
            try log.answer(run(2), absent: users([10]), batch: 1, of: 3)
            try log.answer(run(2), present: people([11], in: [7]), batch: 3, of: 3)
            try log.append(run(3), users: [disabled] + people([1, 2, 9, 11]))
            try log.answer(run(3), absent: users(3..<9))
            try log.append(run(4), users: [disabled] + people([1, 2, 9]))
            var approval = run(5, .apply)
            approval.selection = HeldSelection(upTo: Epoch(rawValue: 3))
            try log.decide(approval)
            try log.answer(approval, absent: users(4..<7), present: people([3, 7]), unknown: users([8]))
            try log.append(run(6), users: [disabled] + people([1, 2, 3, 7, 9, 11]))
            return log
        }
    }

    struct Outcome: Equatable {
        var content: [String]
        var outcomes: [RunOutcome]
        var counts: [RunCounts]
    }

    static func outcome(of log: RunLog, crashingAt offset: Int64?, by size: Int64 = 100) async throws -> Outcome {
        let outcome = Mutex<Outcome?>(nil)
        try await WriterWorld.with { world in
            if let offset { try await world.assignedIntake().read(log, upTo: offset, by: size) }
            try await world.intake().readAnew(log)
            let finished = try await world.finished(source)
            let content = try await world.content()
            outcome.withLock {
                $0 = Outcome(content: content, outcomes: finished.map(\.outcome), counts: finished.map(\.counts))
            }
        }
        return try #require(outcome.withLock { $0 })
    }

    @Test("a writer that goes on after a crash, wherever it came, ends the same")
    func crashes() async throws {
        let log = try Self.eventful
        let expected = try await Self.outcome(of: log, crashingAt: nil)
        #expect(expected.outcomes == [.succeeded, .succeeded, .held, .failed, .held, .held])
        for offset in 1...log.end {
            let size = offset % 2 == 0 ? Int64(1) : 3
            #expect(try await Self.outcome(of: log, crashingAt: offset, by: size) == expected, "at \(offset)")
        }
    }
}
