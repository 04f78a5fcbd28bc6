import BackgroundWork
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Writer

extension WriterWorld {
    /// Tells anew what has to be, once.
    func republish() async throws {
        let failures = try await republishing.job(every: .seconds(60)).runOnce()
        #expect(failures?.isEmpty == true, "\(failures ?? [:])")
    }

    var republishing: Republishing {
        Republishing(database: database, publishing: publishing, logger: Broker.quiet, afterCommit: {})
    }

    /// A writer that takes the partition on, of which the group has committed so much.
    func intake(committed: Int64, _ log: RunLog) async throws -> (DirectoryIntake, start: Int64) {
        let intake = intake()
        let assigned = AssignedPartition(RunLog.partition, committed: committed, low: 0, high: log.end)
        guard case .at(let start)? = try await intake.assigned([assigned])[RunLog.partition] else {
            return (intake, 0)
        }
        return (intake, start)
    }

    /// Puts the database back to where nothing was read.
    func empty() async throws {
        try await database.run(
            """
            truncate directory.deleted_objects, directory.partition_offsets, directory.runs, directory.sources, directory.users,
                directory.departments, directory.memberships, directory.pages, directory.missing, directory.losses,
                directory.copies, directory.former_users, directory.run_objects, directory.plans, directory.plan_objects,
                directory.planned_parts
            """
        )
    }
}

/// A directory that was restored or rebuilt begins a new life, and tells all of it (architecture.md §4, invariant 2).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct IncarnationTests {
    /// Ann, Bob and Cid, of whom Bob is disabled and Cid goes in the second of three runs.
    func log(_ source: Source) throws -> RunLog {
        var log = RunLog()
        let (ann, bob) = (person("ann", departments: [1, 2]), person("bob", status: .disabled))
        try log.append(RunLog.Run(source: source), users: [ann, bob, person("cid")])
        try log.append(RunLog.Run(source: source, epoch: 2), users: [ann, bob], gone: [.user("cid")])
        try log.append(RunLog.Run(source: source, epoch: 3), users: [ann, bob, person("dot")])
        return log
    }

    /// What a reader of the changes knows in the end: whom, and whether they may log on.
    func reading(_ changes: [DirectoryChanges]) -> [String: Bool] {
        var (people, last): ([String: Bool], (Incarnation, Int64)?) = ([:], nil)
        for change in changes {
            if change.snapshot?.part == 1 { people = [:] }
            if let last, last.0 != change.incarnation { #expect(change.snapshot?.part == 1) }
            last = (change.incarnation, change.sequence)
            for user in change.users { people[user.externalID] = user.kind == .deleted ? nil : user.isEnabled }
        }
        return people
    }

    @Test("a writer that is only restarted goes on in the same life")
    func restart() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let log = try log(source)
            try await world.assignedIntake().read(log, upTo: 9)
            let (intake, start) = try await world.intake(committed: 9, log)
            try await intake.read(log, from: start)
            try await world.republish()
            let changes = try await world.changes(of: source)
            #expect(Set(changes.map(\.incarnation)).count == 1)
            #expect(changes.allSatisfy { $0.snapshot == nil })
        }
    }

    @Test("one that lacks what the group has committed begins a new life, and tells all of it once it has caught up")
    func restored() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let log = try log(source)
            try await world.assignedIntake().read(log, upTo: 9)
            let before = try await world.changes(of: source)
            let (intake, start) = try await world.intake(committed: 13, log)
            #expect(start == 9)
            try await world.republish()
            try await intake.read(log, from: 9, upTo: 12, by: 1)
            try await world.republish()
            #expect(try await world.changes(of: source).count == before.count)
            try await intake.read(log, from: 12)
            try await world.republish()
            let changes = try await world.changes(of: source)
            let told = changes.dropFirst(before.count)
            #expect(told.map(\.snapshot?.part) == [1, 2])
            #expect(told.map(\.snapshot?.isLast) == [false, true])
            #expect(told.first?.incarnation != before.first?.incarnation)
            #expect(told.first?.departments.map(\.kind) == [.updated])
            #expect(told.last?.users.map(\.externalID) == ["ann", "bob", "cid", "dot"])
            #expect(told.last?.users.map(\.isEnabled) == [true, false, false, true])
            #expect(told.last?.users.first?.departments == [1, 2])
            #expect(reading(changes) == ["ann": true, "bob": false, "cid": false, "dot": true])
        }
    }

    @Test("the new life is noticed once, whoever takes the partition on before it has caught up")
    func once() async throws {
        try await WriterWorld.with { world in
            let log = try log(Source())
            try await world.assignedIntake().read(log, upTo: 9)
            let life: SQL = "select id::text from directory.incarnation"
            let first = try await world.strings(life)
            _ = try await world.intake(committed: 13, log)
            let second = try await world.strings(life)
            #expect(second != first)
            let (intake, _) = try await world.intake(committed: 13, log)
            #expect(try await world.strings(life) == second)
            try await intake.read(log, from: 9)
            _ = try await world.intake(committed: 13, log)
            #expect(try await world.strings(life) == second)
        }
    }

    @Test("a rebuilt directory tells nothing before it has come as far as it was, and then all of it")
    func rebuilt() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let log = try log(source)
            try await world.assignedIntake().read(log)
            let before = try await world.changes(of: source)
            try await world.empty()
            let (intake, start) = try await world.intake(committed: log.end, log)
            #expect(start == 0)
            try await intake.read(log, upTo: 11, by: 1)
            try await world.republish()
            #expect(try await world.changes(of: source) == before)
            try await intake.read(log, from: 11)
            try await world.republish()
            let changes = try await world.changes(of: source)
            #expect(changes.count == before.count + 2)
            #expect(reading(changes) == reading(before))
        }
    }

    @Test("in a later life an identity provider that is new is told whole once its first run is over")
    func newcomer() async throws {
        try await WriterWorld.with { world in
            var log = try log(Source())
            let end = log.end
            let (intake, _) = try await world.intake(committed: end, log)
            try await intake.read(log)
            let source = Source()
            let run = RunLog.Run(source: source)
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            try log.append(UserBatch(page: 2, users: [person("ann")]), of: run)
            try await intake.read(log, from: end, by: 1)
            try await world.republish()
            #expect(try await world.changes(of: source).isEmpty)
            let middle = log.end
            try log.append(UserBatch(page: 3, users: [person("bob")]), of: run)
            try log.append(RunMapped(manifest: manifest([1], ["ann", "bob"], pages: 3)), of: run)
            try await intake.read(log, from: middle, by: 1)
            try await world.republish()
            let told = try await world.changes(of: source)
            #expect(told.map(\.snapshot?.part) == [1, 2])
            #expect(reading(told) == ["ann": true, "bob": true])
        }
    }

    @Test("a rebuilt directory whose log has no whole run says of nobody that they are gone, before one was")
    func notWhole() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            let failed = RunLog.Run(source: source, epoch: 4)
            try log.start(failed)
            try log.append(RunAborted(outcome: .failed, reason: "WeCom refuses."), of: failed)
            let people = ["ann", "bob"].map { person($0) }
            try log.append(
                RunLog.Run(source: source, epoch: 5),
                users: people,
                manifest: manifest([1], ["ann", "bob", "cid"], pages: 2)
            )
            try await world.empty()
            let (intake, _) = try await world.intake(committed: 2, log)
            for (start, end) in [(0, 2), (2, 6)] {
                try await intake.read(log, from: Int64(start), upTo: Int64(end))
                try await world.republish()
            }
            let told = try await world.changes(of: source)
            #expect(told.first?.snapshot == DirectorySnapshot(part: 1, isLast: false))
            #expect(told.allSatisfy { $0.snapshot?.isLast != true })
            #expect(reading(told) == ["ann": true, "bob": true])
            try log.append(RunLog.Run(source: source, epoch: 6), users: people)
            try await intake.read(log, from: 6)
            try await world.republish()
            let whole = try await world.changes(of: source).dropFirst(told.count)
            #expect(whole.map(\.snapshot?.part) == [1, 2])
            #expect(whole.last?.snapshot?.isLast == true)
            #expect(whole.flatMap(\.users).map(\.externalID) == ["ann", "bob"])
        }
    }

    @Test("a commit beyond the log's end is of another log, and says nothing")
    func otherLog() async throws {
        try await WriterWorld.with { world in
            let log = try log(Source())
            let life: SQL = "select id::text from directory.incarnation"
            let first = try await world.strings(life)
            _ = try await world.intake(committed: log.end + 1, log)
            #expect(try await world.strings(life) == first)
        }
    }

    @Test("the first transaction that touches an identity provider tells all of it before anything newer")
    func segment() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = try log(source)
            try await world.assignedIntake().read(log)
            let end = log.end
            let (intake, _) = try await world.intake(committed: end, log)
            #expect(try await world.republishing.request(source.id) == 1)
            try log.append(
                RunLog.Run(source: source, epoch: 4),
                users: [person("ann"), person("bob", status: .disabled), person("eve")],
                gone: [.user("dot")]
            )
            try await intake.read(log, from: end, by: 1)
            let told = try await world.changes(of: source).filter { $0.snapshot != nil }
            #expect(told.map(\.snapshot?.part) == [1, 2])
            let changes = try await world.changes(of: source)
            #expect(reading(changes) == ["ann": true, "bob": false, "cid": false, "dot": false, "eve": true])
            try await world.republish()
            #expect(try await world.changes(of: source) == changes)
        }
    }

    @Test("a republication of many is in parts, numbered on without a gap, each below what a message may have")
    func parts() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source), users: (0..<1_200).map { person("u\($0)") })
            try await world.assignedIntake().read(log)
            let last = try #require(try await world.changes(of: source).last?.sequence)
            #expect(try await world.republishing.request(nil) == 1)
            try await world.republish()
            let parts = try await world.changes(of: source).filter { $0.snapshot != nil }
            #expect(parts.map(\.snapshot?.part) == [1, 2, 3, 4])
            #expect(parts.map(\.snapshot?.isLast) == [false, false, false, true])
            #expect(parts.map(\.sequence) == (1...4).map { last + $0 })
            #expect(parts.flatMap(\.users).count == 1_200)
        }
    }

    @Test("that nobody is there is told, too")
    func nobody() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(deletion: RunLog.Run(source: source))
            try await world.assignedIntake().read(log)
            _ = try await world.republishing.request(source.id)
            try await world.republish()
            let told = try #require(try await world.changes(of: source).last)
            #expect(told.snapshot == DirectorySnapshot(part: 1, isLast: true))
            #expect(told.users.isEmpty)
        }
    }

    @Test("a run whose beginning is not in the log any more is answered, and the next one begins")
    func lostBeginning() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.start(RunLog.Run(source: source))
            try await world.assignedIntake().read(log)
            let intake = world.intake()
            _ = try await intake.assigned([AssignedPartition(RunLog.partition, committed: 1, low: 1, high: 1)])
            let finished = try await world.finished(source)
            #expect(finished.map(\.cause) == [.unreadable])
            try log.append(RunLog.Run(source: source, epoch: 2), users: [person("ann")])
            try await intake.read(log, from: 1)
            #expect(try await world.finished(source).last?.outcome == .succeeded)
        }
    }

    @Test("a run under way whose partition's position was taken back is answered, and the next one begins")
    func positionTakenBack() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source), users: [person("ann")])
            try log.start(RunLog.Run(source: source, epoch: 2))
            try await world.assignedIntake().read(log)
            try await world.database.run("delete from directory.partition_offsets")
            let intake = world.intake()
            _ = try await intake.assigned([AssignedPartition(RunLog.partition, committed: nil, low: 0, high: 10)])
            #expect(try await world.finished(source).last?.cause == .unreadable)
            try await intake.read(log)
            try log.append(RunLog.Run(source: source, epoch: 3), users: [person("ann"), person("bob")])
            try await intake.read(log)
            #expect(try await world.finished(source).last?.outcome == .succeeded)
            #expect(try await world.users(of: source).keys.sorted() == ["ann", "bob"])
        }
    }

    @Test("a log that was made anew is read from its beginning")
    func anew() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var old = try log(source)
            try old.start(RunLog.Run(source: source, epoch: 4))
            try await world.assignedIntake().read(old)
            let people = [person("ann"), person("bob", status: .disabled)]
            var log = RunLog()
            try log.append(RunLog.Run(source: source, epoch: 5), users: people, gone: [.user("dot")])
            let intake = world.intake()
            let assigned = AssignedPartition(RunLog.partition, committed: 14, low: 0, high: 5, startsAnew: true)
            #expect(try await intake.assigned([assigned])[RunLog.partition] == .beginning)
            try await intake.read(log)
            let finished = try await world.finished(source)
            #expect(finished.map(\.outcome).suffix(2) == [.failed, .succeeded])
            #expect(try await world.users(of: source).filter { !$0.value.isRemoved }.keys.sorted() == ["ann", "bob"])
        }
    }
}
