import BackgroundWork
import Failures
import KafkaTesting
import Postgres
import PostgresTesting
import ServiceLifecycle
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct JobTests {
    private func job(_ database: Database, every period: Duration = .seconds(3_600), _ steps: [Step]) -> PeriodicJob {
        PeriodicJob("tidying", every: period, schema: "shop", database: database, logger: quietest, steps: steps)
    }

    @Test("a step that fails stops no other one, and all of them come again")
    func failure() async throws {
        try await withErrands { database in
            let good = Atomic(0)
            let bad = Atomic(0)
            let steps = [
                Step("bad") {
                    bad.add(1, ordering: .relaxed)
                    throw Failure(failureClass: .permanent)
                },
                Step("good") { good.add(1, ordering: .relaxed) },
            ]
            let failures = try #require(try await job(database, steps).runOnce())
            #expect(Array(failures.keys) == ["bad"])
            #expect(good.load(ordering: .relaxed) == 1)
            try await running([job(database, every: .milliseconds(20), steps)]) {
                try await eventually("again") {
                    good.load(ordering: .relaxed) > 3 && bad.load(ordering: .relaxed) > 3
                }
            }
        }
    }

    @Test("what fails for one thing is done for the others")
    func each() async throws {
        try await withErrands { database in
            let seen = Seen()
            let step = Step.each("lapses", of: { ["a", "b", "c"] }) { item in
                seen.note(item)
                if item == "a" { throw Failure(failureClass: .permanent) }
            }
            let failures = try await job(database, [step]).runOnce()
            #expect(failures?.isEmpty == true)
            #expect(seen.all == ["a", "b", "c"])
        }
    }

    @Test("a database that is away ends a step, which nobody else's turn would help")
    func eachAway() async throws {
        try await withErrands { database in
            let seen = Seen()
            let step = Step.each("lapses", of: { ["a", "b"] }) { item in
                seen.note(item)
                throw PostgresError(.connectionFailure, "gone")
            }
            let failures = try await job(database, [step]).runOnce()
            #expect(failures?.count == 1)
            #expect(seen.all == ["a"])
        }
    }

    @Test("what is no longer needed is deleted in its own partition: what lies at the same place in others stays")
    func deletionFromPartitions() async throws {
        try await withErrands { database in
            try await database.withConnection { connection in
                try connection.execute(
                    """
                    create table shop.notes (part integer not null, number integer not null) partition by list (part);
                    create table shop.notes_1 partition of shop.notes for values in (1);
                    create table shop.notes_2 partition of shop.notes for values in (2);
                    insert into shop.notes select part, number
                    from generate_series(1, 2) as part, generate_series(1, 2500) as number;
                    """
                )
            }
            let step = Step.deletion(
                "old notes",
                from: "shop.notes",
                where: "part = 1 and number <= 2400",
                in: database
            )
            let failures = try await job(database, [step]).runOnce()
            #expect(failures?.isEmpty == true)
            let rows = try await database.run("select count(*) from shop.notes group by part order by part")
            #expect(try rows.decode(Int.self) == [100, 2_500])
        }
    }

    @Test("of three instances one at a time is at it, once in a period")
    func oneAtATime() async throws {
        try await withErrands { database in
            let inside = Atomic(0)
            let most = Atomic(0)
            let times = Atomic(0)
            let steps = [
                Step("count") {
                    let now = inside.add(1, ordering: .relaxed).newValue
                    most.max(now, ordering: .relaxed)
                    times.add(1, ordering: .relaxed)
                    try await database.run("select pg_sleep(0.05)")
                    inside.subtract(1, ordering: .relaxed)
                }
            ]
            let start = ContinuousClock.now
            try await running((0..<3).map { _ in job(database, every: .milliseconds(200), steps) }) {
                try await eventually("five times") { times.load(ordering: .relaxed) >= 5 }
            }
            #expect(most.load(ordering: .relaxed) == 1)
            // Four whole periods lie between five times, a little less each.
            #expect(ContinuousClock.now - start > .milliseconds(4 * 170))
        }
    }

    @Test("an instance that died in the middle keeps nobody from it for longer than the lease")
    func takeover() async throws {
        try await withErrands { database in
            try await database.run(
                """
                insert into shop.background_jobs (name, owner, claimed_until)
                values ('tidying', 'dead', now() + interval '1 second')
                """
            )
            let times = Atomic(0)
            let steps = [Step("count") { times.add(1, ordering: .relaxed) }]
            #expect(try await job(database, steps).runOnce() == nil)
            try await running([job(database, every: .milliseconds(50), steps)]) {
                try await eventually("taken over") { times.load(ordering: .relaxed) > 0 }
            }
        }
    }

    @Test("a clock that was a day fast and is set right keeps nobody from a job")
    func clockSetBack() async throws {
        try await withErrands { database in
            try await database.run(
                """
                insert into shop.background_jobs (name, owner, claimed_until, due_at)
                values ('tidying', 'dead', now() + interval '1 day', now() + interval '1 day')
                """
            )
            let times = Atomic(0)
            let steps = [Step("count") { times.add(1, ordering: .relaxed) }]
            try await running([job(database, every: .milliseconds(50), steps)]) {
                try await eventually("done") { times.load(ordering: .relaxed) > 0 }
            }
        }
    }

    @Test("an instance whose job another one has taken stops in the middle")
    func lost() async throws {
        try await withErrands { database in
            let seen = Seen()
            let steps = [
                Step("first") {
                    seen.note("first")
                    try await database.run("update shop.background_jobs set owner = 'other'")
                },
                Step("second") { seen.note("second") },
            ]
            let failures = try await job(database, steps).runOnce()
            #expect(seen.all == ["first"])
            #expect(failures?.keys.contains("second") == true)
        }
    }

    @Test("a nudge does not wait for the next time")
    func nudge() async throws {
        try await withErrands { database in
            let times = Atomic(0)
            let job = job(database, [Step("count") { times.add(1, ordering: .relaxed) }])
            try await running([job]) {
                try await eventually("first") { times.load(ordering: .relaxed) == 1 }
                job.nudge()
                try await eventually("second") { times.load(ordering: .relaxed) == 2 }
            }
        }
    }

    @Test("old rows are deleted in batches, all of them, and no others")
    func deletion() async throws {
        try await withErrands { database in
            try await database.add(0..<2_500)
            let step = Step.deletion("old", from: "shop.errands", where: "id < 2400", in: database)
            let failures = try await job(database, [step]).runOnce()
            #expect(failures?.isEmpty == true)
            #expect(try await database.count() == 100)
        }
    }

    @Test("graceful shutdown ends a job that waits for its next time")
    func shutdown() async throws {
        try await withErrands { database in
            let times = Atomic(0)
            let group = ServiceGroup(
                services: [job(database, [Step("count") { times.add(1, ordering: .relaxed) }])],
                logger: quietest
            )
            let running = Task { try await group.run() }
            try await eventually("first") { times.load(ordering: .relaxed) == 1 }
            await group.triggerGracefulShutdown()
            try await running.value
        }
    }
}
