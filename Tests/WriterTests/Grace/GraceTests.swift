import BackgroundWork
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Writer

extension WriterWorld {
    /// Does once what is done again and again.
    func sweep(historyDays: Int = 180) async throws {
        let sweeper = GraceSweeper(
            database: database,
            publishing: publishing,
            logger: Broker.quiet,
            historyDays: historyDays,
            afterCommit: {}
        )
        let failures = try await sweeper.job(every: .seconds(60)).runOnce()
        #expect(failures?.isEmpty == true, "\(failures ?? [:])")
    }

    /// Lets runs, and what they did, be that long ago.
    func ageRuns(days: Int) async throws {
        let time: SQL = "now() - make_interval(days => \(days)::integer)"
        try await database.run("update directory.runs set requested_at = \(time)")
        try await database.run("update directory.run_objects set at = \(time)")
        try await database.run("update directory.deleted_objects set at = \(time)")
    }

    /// Lets the removed ones have been removed so many days ago.
    func age(days: Int) async throws {
        try await database.run(
            """
            update directory.users set removed_at = now() - make_interval(days => \(days)::integer)
            where removed_at is not null
            """
        )
        try await database.run(
            """
            update directory.departments set removed_at = now() - make_interval(days => \(days)::integer)
            where removed_at is not null
            """
        )
    }
}

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct GraceTests {
    /// A directory with Ann, and with Bob, who is removed.
    func withRemoved(_ body: @Sendable (WriterWorld, Source, RunLog) async throws -> Void) async throws {
        try await WriterWorld.with { world in
            let source = Source(limits: SafetyLimits(graceDays: 10))
            var log = RunLog()
            try log.append(RunLog.Run(source: source), users: [person("ann"), person("bob")])
            try log.append(RunLog.Run(source: source, epoch: 2), users: [person("ann")], gone: [.user("bob")])
            try await world.assignedIntake().read(log)
            try await body(world, source, log)
        }
    }

    @Test("who was removed longer ago than the grace period is deleted, and that is published")
    func deletes() async throws {
        try await withRemoved { world, source, _ async throws in
            try await world.age(days: 11)
            try await world.sweep()
            #expect(try await world.users(of: source).keys.sorted() == ["ann"])
            #expect(try await world.memberships(of: source) == ["ann 1"])
            let last = try #require(try await world.changes(of: source).last)
            #expect(last.users.map(\.kind) == [.deleted])
            #expect(last.users.map(\.id) == [source.user("bob")])
            let told = try await world.rows(of: ["outbox"])
            try await world.sweep()
            #expect(try await world.rows(of: ["outbox"]) == told)
        }
    }

    @Test("runs that ended long ago are forgotten, but for the last one")
    func oldRuns() async throws {
        try await withRemoved { world, source, _ async throws in
            let epochs: SQL = "select epoch::text from directory.runs where idp_id = \(source.id.uuid) order by epoch"
            try await world.ageRuns(days: 179)
            try await world.sweep()
            #expect(try await world.strings(epochs) == ["1", "2"])
            try await world.ageRuns(days: 181)
            try await world.sweep()
            #expect(try await world.strings(epochs) == ["2"])
        }
    }

    @Test("within the grace period nobody is deleted")
    func keeps() async throws {
        try await withRemoved { world, source, _ async throws in
            try await world.age(days: 9)
            try await world.sweep()
            #expect(try await world.users(of: source).count == 2)
        }
    }

    @Test("nobody is deleted while a run is under way")
    func waitsForRun() async throws {
        try await withRemoved { world, source, log async throws in
            var log = log
            let start = log.end
            try log.start(RunLog.Run(source: source, epoch: 3))
            try await world.assignedIntake().read(log, from: start)
            try await world.age(days: 11)
            try await world.sweep()
            #expect(try await world.users(of: source).count == 2)
        }
    }

    @Test("of two who were removed at different times, only the one who is due is deleted")
    func oneOfTwo() async throws {
        try await withRemoved { world, source, log async throws in
            try await world.age(days: 11)
            var log = log
            let start = log.end
            try log.append(RunLog.Run(source: source, epoch: 3), users: [person("ann"), person("cid")])
            try log.append(RunLog.Run(source: source, epoch: 4), users: [person("cid")], gone: [.user("ann")])
            try await world.assignedIntake().read(log, from: start)
            try await world.sweep()
            #expect(try await world.users(of: source).mapValues(\.isRemoved) == ["ann": true, "cid": false])
            #expect(try await world.memberships(of: source) == ["ann 1", "cid 1"])
        }
    }

    @Test("departments are deleted, too, though no person is due")
    func departments() async throws {
        try await WriterWorld.with { world in
            let source = Source(limits: SafetyLimits(graceDays: 10))
            var log = RunLog()
            let ann = [person("ann")]
            try log.append(RunLog.Run(source: source), departments: [department(1), department(2)], users: ann)
            let second = RunLog.Run(source: source, epoch: 2)
            try log.append(second, departments: [department(1)], users: ann, gone: [.department(2)])
            try await world.assignedIntake().read(log)
            try await world.age(days: 11)
            try await world.sweep()
            #expect(try await world.strings("select external_id::text from directory.departments") == ["1"])
        }
    }

    @Test("the grace period begins when somebody is removed, however long ago the run was asked for")
    func sinceRemoval() async throws {
        try await withRemoved { world, source, _ async throws in
            // The runs of the log were asked for in 2023.
            try await world.sweep()
            #expect(try await world.users(of: source).count == 2)
        }
    }

    @Test("nothing is left in the end of the people and departments of a deleted identity provider")
    func deleted() async throws {
        try await withRemoved { world, source, log async throws in
            var log = log
            let start = log.end
            try log.append(deletion: RunLog.Run(source: source, epoch: 3))
            try await world.assignedIntake().read(log, from: start)
            try await world.age(days: 9)
            try await world.sweep()
            #expect(try await world.users(of: source).count == 2)
            try await world.age(days: 11)
            try await world.sweep()
            for table in ["users", "departments", "memberships", "pages"] {
                #expect(try await world.rows(of: [table]).isEmpty, "\(table)")
            }
        }
    }
}
