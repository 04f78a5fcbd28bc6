import Kafka
import Messages
import Pipeline
import Postgres
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct ReplayTests {
    /// Two runs; the second shows persons twice, changes some, and lets one go.
    func twoRuns(of source: Source) throws -> RunLog {
        var log = RunLog()
        try log.append(
            RunLog.Run(source: source, id: RunID("01900000-0000-7000-8000-000000000001")!),
            departments: [department(1, "All"), department(2, "Sales")],
            users: [person("ann", name: "Ann"), person("bob"), person("cid")]
        )
        let run = RunLog.Run(source: source, id: RunID("01900000-0000-7000-8000-000000000002")!, epoch: 2)
        try log.start(run)
        try log.append(DepartmentBatch(page: 1, departments: [department(1, "All"), department(3, "New")]), of: run)
        try log.append(UserBatch(page: 2, users: [person("ann", name: "Anna"), person("dot")]), of: run)
        try log.append(UserBatch(page: 3, users: [person("bob"), person("dot"), person("eve")]), of: run)
        try log.append(UserBatch(page: 4, users: [person("eve", name: "Eva"), person("ann", name: "An")]), of: run)
        let said = manifest([1, 3], ["ann", "bob", "dot", "eve"], pages: 4)
        try log.append(RunMapped(manifest: said), of: run)
        try log.answer(run, absent: [.department(2), .user("cid")])
        return log
    }

    let users = RunCounts.Objects(seen: 4, created: 2, updated: 1, unchanged: 1, removed: 1)
    let departments = RunCounts.Objects(seen: 2, created: 1, unchanged: 1, removed: 1)

    @Test("the same messages read again from the beginning change nothing", arguments: [1, 3, 100])
    func replay(size: Int64) async throws {
        try await WriterWorld.with { world async throws in
            let source = Source()
            let log = try twoRuns(of: source)
            try await world.assignedIntake().read(log)
            let tables = [
                "users", "departments", "memberships", "missing", "losses", "outbox", "runs", "run_objects",
                "sources", "partition_offsets",
            ]
            let before = try await world.rows(of: tables)
            let again = try await world.assignedIntake()
            try await again.read(log, by: size)
            #expect(try await world.rows(of: tables) == before)
        }
    }

    @Test(
        "a writer that goes on after a crash, wherever it came, ends the same with the same counts",
        arguments: 1...10
    )
    func crash(at offset: Int64) async throws {
        try await WriterWorld.with { world async throws in
            let source = Source()
            let log = try twoRuns(of: source)
            try await world.assignedIntake().read(log, upTo: offset, by: 1)
            let second = world.intake()
            let offsets = try await second.assigned([AssignedPartition(RunLog.partition)])
            // Offsets 0...3 are the first run, 4...9 what the second read, which is not read again once it asks.
            let start: Int64 = offset <= 3 ? 0 : offset <= 9 ? 4 : 10
            #expect(offsets[RunLog.partition] == .at(start))
            try await second.read(log, from: start)
            let finished = try await world.finished(source)
            #expect(finished.map(\.outcome) == [.succeeded, .succeeded])
            #expect(finished.last?.counts.users == users)
            #expect(finished.last?.counts.departments == departments)
            let stored = try await world.users(of: source)
            #expect(stored.mapValues(\.name) == ["ann": "An", "bob": nil, "cid": nil, "dot": nil, "eve": "Eva"])
            #expect(stored.filter(\.value.isRemoved).map(\.key) == ["cid"])
            #expect(try await world.departments(of: source) == [1, 3])
        }
    }

    @Test("a partition that is new to the database is read from its beginning")
    func beginning() async throws {
        try await WriterWorld.with { world async throws in
            #expect(
                try await world.intake().assigned([AssignedPartition(RunLog.partition)]) == [
                    RunLog.partition: .beginning
                ]
            )
        }
    }

    @Test("a transaction that fails leaves nothing behind, and the next attempt does all of it")
    func failure() async throws {
        try await WriterWorld.with { world async throws in
            let source = Source()
            let log = try twoRuns(of: source)
            let intake = try await world.assignedIntake()
            try await intake.read(log, upTo: 7)
            let before = try await world.content()
            try await world.database.run("alter table directory.outbox add constraint none check (false) not valid")
            await #expect(throws: (any Error).self) { try await intake.read(log, from: 7) }
            #expect(try await world.content() == before)
            try await world.database.run("alter table directory.outbox drop constraint none")
            try await intake.read(log, from: 7)
            #expect(try await world.finished(source).last?.counts.users == users)
        }
    }
}
