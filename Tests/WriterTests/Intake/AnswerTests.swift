import Kafka
import Messages
import Pipeline
import Postgres
import Testing

@testable import Writer

/// Every run is answered, whatever became of it (architecture.md §3.3).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct AnswerTests {
    /// What is told of the runs in the log, in its order.
    func answers(_ source: Source, _ log: RunLog) async throws -> [RunFinished] {
        let answers = Collected<RunFinished>()
        try await WriterWorld.with { world in
            try await world.assignedIntake().read(log)
            await answers.add(try await world.finished(source))
        }
        return await answers.all
    }

    @Test("a run that is met again once it is over is answered as it ended")
    func again() async throws {
        let source = Source()
        let run = RunLog.Run(source: source, epoch: 4)
        var log = RunLog()
        try log.append(run, users: [person("ann")])
        try log.append(run, users: [person("ann"), person("bob")])
        let answers = try await answers(source, log)
        #expect(answers.map(\.outcome) == [.succeeded, .succeeded, .succeeded])
        #expect(answers.allSatisfy { $0.counts.users == RunCounts.Objects(seen: 1, created: 1) })
        #expect(answers.allSatisfy { $0.currentEpoch == Epoch(rawValue: 4) && $0.isBasis })
    }

    @Test("a run whose number is passed, or was another's, is told so with the current one")
    func passed() async throws {
        let source = Source()
        var log = RunLog()
        try log.append(RunLog.Run(source: source, epoch: 4), users: [person("ann")])
        try log.start(RunLog.Run(source: source, epoch: 3))
        try log.start(RunLog.Run(source: source, epoch: 4))
        let active = RunLog.Run(source: source, epoch: 6)
        try log.start(active)
        try log.start(RunLog.Run(source: source, epoch: 6, fence: 9))
        try log.start(RunLog.Run(source: source, epoch: 5))
        let answers = try await answers(source, log)
        #expect(answers.map(\.outcome) == [.succeeded, .failed, .failed, .failed, .failed])
        #expect(answers.map(\.cause) == [nil, .epochPassed, .epochTaken, .epochTaken, .epochPassed])
        #expect(answers.map(\.currentEpoch.rawValue) == [4, 4, 4, 6, 6])
    }

    @Test("another tenant's run is answered, goes to the dead letters, and changes nothing")
    func foreign() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var stranger = Source()
            stranger.id = source.id
            var log = RunLog()
            try log.append(RunLog.Run(source: source), users: [person("ann")])
            let start = log.end
            try log.append(RunLog.Run(source: stranger, epoch: 2), users: [person("bob")])
            let intake = try await world.assignedIntake()
            try await intake.read(log, upTo: start)
            let before = try await world.rows(of: ["users", "departments", "sources", "runs"])
            try await intake.read(log, from: start)
            #expect(try await world.rows(of: ["users", "departments", "sources", "runs"]) == before)
            let answer = try #require(try await world.finished(source).last)
            #expect(answer.cause == .foreignTenant)
            #expect(try await world.letters().count == 4)
            try log.append(RunLog.Run(source: source, epoch: 2), users: [person("ann"), person("cid")])
            try await intake.read(log, from: start + 4)
            #expect(try await world.users(of: source).keys.sorted() == ["ann", "cid"])
        }
    }

    @Test("a run of which a needed message cannot be read is told so", arguments: [0, 3])
    func unreadable(broken: Int) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var whole = RunLog()
            try whole.append(run, users: [person("ann")])
            var log = RunLog()
            for (index, record) in whole.records.enumerated() {
                log.append(
                    key: source.id.description,
                    value: index == broken ? Array("{".utf8) : record.value,
                    headers: record.headers
                )
            }
            try log.append(RunLog.Run(source: source, epoch: 2), users: [person("ann")])
            try await world.assignedIntake().read(log)
            let finished = try await world.finished(source)
            #expect(finished.first?.cause == .unreadable)
            #expect(finished.first?.outcome == .failed)
            #expect(finished.last?.outcome == .succeeded)
            #expect(try await world.letters().count == 1)
        }
    }

    @Test("the end of a run whose beginning never came is answered")
    func withoutBeginning() async throws {
        let source = Source()
        let run = RunLog.Run(source: source)
        var log = RunLog()
        try log.append(RunAborted(outcome: .cancelled, reason: "Nobody wanted it."), of: run)
        try log.append(RunMapped(manifest: manifest([], [])), of: run)
        let answers = try await answers(source, log)
        #expect(answers.map(\.outcome) == [.cancelled, .failed])
        #expect(answers.map(\.cause) == [nil, .unreadable])
    }

    @Test("who held a run before is not answered")
    func oldHolder() async throws {
        let source = Source()
        let run = RunLog.Run(source: source, fence: 2)
        var late = run
        late.fence = 1
        var log = RunLog()
        try log.start(run)
        try log.append(RunAborted(outcome: .failed, reason: "late"), of: late)
        try log.start(late)
        #expect(try await answers(source, log).isEmpty)
    }

    @Test(
        "a run whose next holder's beginning cannot be read, or never came, ends",
        arguments: ["broken", "lost", "aborted"]
    )
    func nextHolder(what: String) async throws {
        let source = Source()
        let run = RunLog.Run(source: source)
        var next = run
        next.fence = 2
        var log = RunLog()
        try log.start(run)
        try log.append(UserBatch(page: 1, users: [person("ann")]), of: run)
        if what == "broken" {
            var beginning = RunLog()
            try beginning.start(next)
            log.append(key: nil, value: [0xFF], headers: beginning.records[0].headers)
        }
        try log.append(UserBatch(page: 1, users: [person("bob")]), of: next)
        if what == "lost" { try log.append(RunMapped(manifest: manifest([], ["ann", "bob"])), of: next) }
        if what == "aborted" {
            try log.append(RunAborted(outcome: .failed, reason: "broken", cause: .unreadable), of: next)
        }
        let answers = try await answers(source, log)
        #expect(answers.map(\.cause) == [.unreadable])
        #expect(answers.map(\.counts.users.created) == [1])
    }

    @Test("what was answered is not answered again by a replay")
    func replay() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source, epoch: 4), users: [person("ann")])
            try log.start(RunLog.Run(source: source, epoch: 3))
            log.append(key: nil, value: [0xFF], headers: log.records[0].headers)
            try await world.assignedIntake().read(log)
            let before = try await world.rows()
            try await world.assignedIntake().read(log)
            #expect(try await world.rows() == before)
        }
    }
}

/// Gathers what a test finds.
actor Collected<Element: Sendable> {
    private(set) var all: [Element] = []

    func add(_ elements: [Element]) { all += elements }
}
