import Messages
import Postgres
import Testing

@testable import Writer

/// A deletion is a run, and overtakes (architecture.md §3.7).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct DeletionTests {
    let ann = Page(department: 1, people: [person("ann"), person("bob")])

    @Test("everybody is disabled and all pages are forgotten, whatever the limits say")
    func disables() async throws {
        try await WriterWorld.with { world in
            let source = Source(limits: SafetyLimits(people: .nobody, departments: .nobody, graceDays: 7))
            let other = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source), travelling: [ann])
            try log.append(RunLog.Run(source: other), travelling: [ann])
            let intake = try await world.assignedIntake()
            try await intake.read(log)
            // Of a department that the directory never had.
            try await world.database.run(
                "update directory.pages set department_id = 9 where idp_id = \(source.id.uuid)"
            )
            let middle = log.end
            try log.append(deletion: RunLog.Run(source: source, epoch: 2))
            try await intake.read(log, from: middle)
            let finished = try #require(try await world.finished(source).last)
            #expect(finished.outcome == .succeeded)
            #expect(finished.counts.users == RunCounts.Objects(seen: 0, removed: 2))
            #expect(finished.counts.departments == RunCounts.Objects(seen: 0, removed: 1))
            #expect(!finished.isBasis)
            #expect(try await world.users(of: source).allSatisfy(\.value.isRemoved))
            #expect(try await world.departments(of: source).isEmpty)
            #expect(try await world.pages(of: source).isEmpty)
            let last = try #require(try await world.changes(of: source).last { !$0.users.isEmpty })
            #expect(last.users.map(\.kind) == [.disabled, .disabled])
            #expect(try await world.users(of: other).allSatisfy { !$0.value.isRemoved })
            let deleted = try await world.strings(
                "select idp_id || ' ' || grace_days from directory.sources where deleted_at is not null"
            )
            #expect(deleted == ["\(source.id) 7"])
        }
    }

    @Test("a run under way gives way to it, and is told that the identity provider is deleted")
    func overtakes() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(UserBatch(page: 1, users: [person("ann")]), of: run)
            try log.append(deletion: RunLog.Run(source: source, epoch: 2))
            try log.append(UserBatch(page: 2, users: [person("late")]), of: run)
            try await world.assignedIntake().read(log)
            let finished = try await world.finished(source)
            #expect(finished.map(\.outcome) == [.cancelled, .succeeded])
            #expect(finished.map(\.cause) == [.deleted, nil])
            #expect(try await world.users(of: source).mapValues(\.isRemoved) == ["ann": true])
        }
    }

    @Test("nothing but another deletion is taken after it, by this writer or the next")
    func isFinal() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source, epoch: 3), users: [person("ann")])
            try log.append(deletion: RunLog.Run(source: source, epoch: 5))
            let middle = log.end
            for epoch: Int64 in [2, 4, 6] {
                try log.start(RunLog.Run(source: source, epoch: epoch))
            }
            try log.append(deletion: RunLog.Run(source: source, epoch: 7))
            try await world.assignedIntake().read(log, upTo: middle)
            try await world.assignedIntake().read(log, from: middle)
            let finished = try await world.finished(source)
            #expect(finished.map(\.cause) == [nil, nil, .deleted, .deleted, .deleted, nil])
            #expect(finished.last?.outcome == .succeeded)
            #expect(finished.map(\.currentEpoch.rawValue) == [3, 5, 5, 5, 5, 7])
            #expect(try await world.users(of: source).allSatisfy(\.value.isRemoved))
        }
    }

    @Test("an identity provider without a directory can be deleted, too")
    func empty() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(deletion: RunLog.Run(source: source))
            try log.append(RunLog.Run(source: source, epoch: 2), users: [person("ann")])
            try await world.assignedIntake().read(log)
            #expect(try await world.finished(source).first?.outcome == .succeeded)
            #expect(try await world.users(of: source).isEmpty)
        }
    }
}
