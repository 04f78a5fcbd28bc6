import Kafka
import Messages
import Pipeline
import Postgres
import Runtime
import Testing

@testable import Rebuild
@testable import Writer

/// A directory that is rebuilt beside the live one, compared with it and put in its place.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct DirectoryRebuildTests {
    private func firstRun(_ source: Source) throws -> RunLog {
        var log = RunLog()
        try log.append(
            RunLog.Run(source: source),
            departments: [department(1, "All"), department(2, "Sales", parent: 1)],
            users: [person("ann", name: "Ann", email: "a@x"), person("bob", departments: [1, 2]), person("cid")]
        )
        return log
    }

    @Test(
        "whatever the log tells, what is rebuilt from it is what is in use, which stays untouched",
        arguments: [1, 99]
    )
    func equal(size: Int) async throws {
        try await WriterWorld.with { world in
            let log = try RebuildTests().log()
            try await world.assignedIntake().read(log)
            let before = try await world.rows()
            let status = try await world.rebuildAll(log.records, switching: true, by: size)
            #expect(status.outcomes.keys.allSatisfy { $0 == "equal" }, "\(status.results)")
            #expect(status.outcomes["equal", default: 0] >= 2)
            #expect(try await world.rows() == before)
        }
    }

    @Test("damaged rows are found by field, and healed by the switch, with the ids that people had")
    func damage() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let log = try firstRun(source)
            try await world.assignedIntake().read(log)
            let before = try await world.directoryRows()
            try await world.database.run(
                "update directory.users set display_name = 'x', status = 2 where directory_key = 'ann'"
            )
            try await world.database.run(
                "delete from directory.memberships where directory_key = 'bob' and department_id = 2"
            )
            try await world.database.run("delete from directory.users where directory_key = 'cid'")
            try await world.database.run("update directory.departments set name = 'x' where external_id = 2")
            let damaged = try await world.directoryRows()

            let found = try await world.rebuildAll(log.records)
            #expect(found.outcomes == ["different": 1])
            let comparison = try #require(found.results.first?.comparison)
            #expect(comparison.live == 2 && comparison.rebuilt == 3)
            #expect(comparison.missing == 1 && comparison.surplus == 0 && comparison.changed == 2)
            #expect(comparison.fields == ["displayName": 1, "status": 1, "memberships": 1])
            #expect(comparison.departments.fields == ["name": 1])
            #expect(try await world.directoryRows() == damaged)

            #expect(try await world.rebuildAll(log.records, switching: true).outcomes == ["switched": 1])
            #expect(try await world.directoryRows() == before)
            #expect(try await world.rebuildAll(log.records).outcomes == ["equal": 1])
        }
    }

    @Test("a switch waits for the run that is under way, loses nothing of it, and has all told anew")
    func duringRun() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = try firstRun(source)
            let intake = try await world.assignedIntake()
            try await intake.read(log)
            try await world.database.run("update directory.users set display_name = 'x' where directory_key = 'ann'")
            let begun = log.end + 1
            let departments = [department(1, "All"), department(2, "Sales", parent: 1)]
            let ann = person("ann", name: "Ann", email: "a@x", title: "T")
            let everybody = [ann] + ["bob", "cid", "dot"].map { person($0, title: "T") }
            try log.append(RunLog.Run(source: source, epoch: 2), departments: departments, users: everybody)
            try await intake.read(log, from: begun - 1, upTo: begun)

            let attempt = try await world.beginRebuild(switching: true)
            var directory = world.rebuiltDirectory(attempt)
            try await directory.take(log.batch(0..<begun).records)
            #expect(try await world.rebuild.settle(source.id, from: directory, for: attempt) == false)
            try await intake.read(log, from: begun)
            try await world.database.run("update directory.users set title = 'x' where directory_key = 'bob'")
            #expect(try await world.rebuild.settle(source.id, from: directory, for: attempt) == false)
            try await directory.take(log.batch(begun..<log.end).records)
            #expect(try await world.rebuild.settle(source.id, from: directory, for: attempt))
            #expect(try await world.rebuild.status()?.outcomes == ["switched": 1])
            #expect(try await world.users(of: source)["bob"]?.title == "T")
            #expect(try await world.strings("select 'due' from directory.sources where announced is null") == ["due"])

            let end = log.end
            let third = RunLog.Run(source: source, epoch: 3)
            try log.append(third, departments: departments, users: everybody + [person("eve")])
            let whole = log
            await #expect(throws: SegmentConflict.self) { try await intake.read(whole, from: end) }
            try await world.intake().readAnew(whole)
            #expect(try await world.users(of: source).keys.contains("eve"))
            #expect(try await world.changes(of: source).last?.users.isEmpty == false)
        }
    }

    @Test("where the log has lost its beginning, what it does not tell stays, and what it has not whole is refused")
    func trimmed() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = try firstRun(source)
            let second = Int(log.end)
            let people = [person("ann", name: "Ann"), person("bob", departments: [1, 2]), person("cid")]
            let departments = [department(1, "All"), department(2, "Sales", parent: 1)]
            try log.append(RunLog.Run(source: source, epoch: 2), departments: departments, users: people)
            try await world.assignedIntake().read(log)
            #expect(try await world.users(of: source)["ann"]?.email == "a@x")
            #expect(try await world.rebuildAll(Array(log.records[second...])).outcomes == ["equal": 1])
            let refused = try await world.rebuildAll(Array(log.records[(second + 1)...]), switching: true)
            #expect(refused.outcomes == ["refused": 1])
            #expect(refused.results.first?.remedy != nil)
            #expect(try await world.users(of: source)["ann"]?.email == "a@x")
        }
    }

    @Test("an identity provider that was deleted, and of which the topic has nothing any more, is left out")
    func deleted() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = try firstRun(source)
            try log.append(deletion: RunLog.Run(source: source, epoch: 2))
            try await world.assignedIntake().read(log)
            #expect(try await world.rebuildAll(log.records).outcomes == ["equal": 1])
            #expect(try await world.rebuildAll([]).outcomes.isEmpty)
        }
    }

    @Test("where the tables beside cannot be made it is given up in the end, and said why")
    func withoutTables() async throws {
        try await WriterWorld.with { world in
            try await RebuiltDirectory.makeTables(in: world.rebuilt)
            try await world.rebuilt.run("update schema_migrations set digest = 'x' where version = 1")
            try await world.rebuild.begin(RebuildWish())
            for number in 1...5 {
                #expect(try await world.rebuild.status()?.doneAt == nil)
                await #expect(throws: PostgresError.self) { try await world.rebuild.attempt() }
                #expect(try await world.rebuild.status()?.attempt == number)
            }
            let status = try await world.rebuild.status()
            #expect(status?.doneAt != nil)
            #expect(status?.trouble?.isEmpty == false)
        }
    }

    @Test("nobody is gone because a topic that was made anew does not tell of them")
    func otherTopic() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let people = ["Ann", "bob", "cid", "dot"].map { person($0, name: $0) }
            var first = RunLog()
            try first.append(RunLog.Run(source: source), users: people)
            let intake = try await world.assignedIntake()
            try await intake.read(first)
            var other = RunLog()
            let second = RunLog.Run(source: source, epoch: 2)
            try other.append(second, users: Array(people.prefix(3)))
            try other.answer(second, unknown: [.user("dot")])
            _ = try await intake.assigned([AssignedPartition(RunLog.partition, startsAnew: true)])
            try await intake.read(other)
            let status = try await world.rebuildAll(other.records, switching: true)
            #expect(status.outcomes.values.reduce(0, +) == 1)
            #expect(status.outcomes["switched"] == nil, "\(status.results)")
            #expect(try await world.users(of: source).keys.sorted() == ["Ann", "bob", "cid", "dot"])
        }
    }

    @Test("an attempt that another one has overtaken, or that was taken back, writes nothing more")
    func overtaken() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let log = try firstRun(source)
            try await world.assignedIntake().read(log)
            let late = try await world.beginRebuild(switching: true)
            var first = world.rebuiltDirectory(late)
            let next = try await world.beginAttempt()
            #expect(next.number == 2)
            do {
                try await first.take(log.records)
                Issue.record("the late attempt goes on")
            } catch is RebuildAttempt.Overtaken {
                #expect(try await world.strings("select 'there' from directory_rebuilt.users").isEmpty)
            }
            var second = world.rebuiltDirectory(next)
            try await second.take(log.records)
            await #expect(throws: RebuildAttempt.Overtaken.self) { try await world.rebuild.finish(late) }
            try await world.rebuild.fail(late, because: RebuildAttempt.Overtaken())
            #expect(try await world.strings("select 'there' from directory_rebuilt.users").count == 3)
            #expect(try await world.rebuild.status()?.doneAt == nil)
            #expect(try await world.rebuild.status()?.trouble == nil)
            await #expect(throws: Problem.self) { try await world.rebuild.begin(RebuildWish()) }
            try await world.rebuild.takeBack()
            await #expect(throws: RebuildAttempt.Overtaken.self) {
                try await world.rebuild.settle(source.id, from: second, for: next)
            }
        }
    }
}
