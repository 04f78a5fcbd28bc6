import BackgroundWork
import Failures
import KafkaTesting
import Logging
import Postgres
import PostgresTesting
import Runtime
import ServiceLifecycle
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct QueueTests {
    @Test("each row is worked on once, by whichever of two instances, and is gone then")
    func once() async throws {
        try await withErrands { database in
            try await database.add(0..<60)
            let seen = Seen()
            let queues = (0..<2).map { _ in makeQueue(database, concurrency: 4) { seen.note($0.item) } }
            try await running(queues) {
                try await eventually("all is done") { try await database.count() == 0 }
            }
            #expect(seen.all.compactMap(Int.init).sorted() == Array(0..<60))
        }
    }

    @Test("a row that cannot be read is set aside with its reason, and the others go on")
    func unreadable() async throws {
        try await withErrands { database in
            try await database.add(0..<3)
            try await database.run("update shop.errands set what = 'bad' where id = 1")
            let seen = Seen()
            let queue = makeQueue(database) { seen.note($0.item) }
            #expect(try await queue.drain() == 3)
            #expect(seen.all == ["0", "2"])
            let (what, reason) = try await database.setAside()
            #expect(what == ["bad"])
            #expect(reason[0].contains("cannot be read"))
            #expect(try await queue.drain() == 0)
        }
    }

    @Test("what fails for good is set aside, what may pass is put off longer each time, what is done is gone")
    func classes() async throws {
        try await withErrands { database in
            try await database.add(0..<3)
            let queue = makeQueue(database) { claim in
                switch claim.item {
                case "0": throw Failure(failureClass: .permanent)
                case "1": throw Failure(failureClass: .transient)
                default: break
                }
            }
            #expect(try await queue.drain() == 3)
            #expect(try await database.setAside().what == ["0"])
            var waits: [Double] = []
            for attempt in 1...4 {
                let row = try await database.run(
                    """
                    select attempts, extract(epoch from not_before - now())::float8, claimed_until is null, reason
                    from shop.errands where what = '1'
                    """
                )[0].decode(Int.self, Double.self, Bool.self, String.self)
                #expect(row.0 == attempt)
                #expect(row.2)
                #expect(row.3 == "failed: transient")
                waits.append(row.1)
                #expect(try await queue.drain() == 0)
                try await database.run("update shop.errands set not_before = now()")
                #expect(try await queue.drain() == 1)
            }
            #expect(waits[3] > 2 * waits[0])
            #expect(try await database.count() == 2)
        }
    }

    @Test("a judge may give up what else would be tried again")
    func judge() async throws {
        try await withErrands { database in
            try await database.add(0..<1)
            let queue = makeQueue(database, judge: { claim, _ in claim.attempts >= 3 ? .permanent : .transient }) { _ in
                throw Failure(failureClass: .transient)
            }
            for _ in 0..<3 {
                #expect(try await queue.drain() == 1)
                try await database.run("update shop.errands set not_before = now()")
            }
            #expect(try await queue.drain() == 0)
            #expect(try await database.setAside().what == ["0"])
        }
    }

    @Test("the row of an instance that stands still is another's after the lease, and what wakes up finishes nothing")
    func takeover() async throws {
        try await withErrands { database in
            try await database.run("create table shop.results (who text)")
            try await database.add(0..<1)
            let (isTaken, isOver) = (Gate(), Gate())
            // Its next sign of life is far away, as that of a process that stands still.
            let sleeper = makeQueue(database, lease: .seconds(600)) { claim in
                await isTaken.wait()
                try await database.transaction { connection in
                    try connection.run("insert into shop.results values ('sleeper')")
                    try claim.finish(on: connection)
                }
            }
            let sleeping = Task {
                _ = try await sleeper.drain()
                isOver.open()
            }
            try await eventually("claimed") {
                try await database.count("claimed_until is not null") == 1
            }
            try await database.run("update shop.errands set claimed_until = now() - interval '1 second'")
            let other = makeQueue(database) { claim in
                isTaken.open()
                await isOver.wait()
                try await database.transaction { connection in
                    try connection.run("insert into shop.results values ('other')")
                    try claim.finish(on: connection)
                }
            }
            #expect(try await other.drain() == 1)
            try await sleeping.value
            let results = try await database.run("select who from shop.results").decode(String.self)
            #expect(results == ["other"])
            #expect(try await database.count() == 0)
        }
    }

    @Test("a row whose lease was taken while the clock was a day fast is worked on, and no other that somebody has")
    func clockSetBack() async throws {
        try await withErrands { database in
            try await database.add(0..<2)
            try await database.run(
                """
                update shop.errands set claimed_by = 'dead', attempts = 1, claimed_until =
                    now() + case id when 0 then interval '1 day' else interval '10 seconds' end
                """
            )
            let seen = Seen()
            let queue = makeQueue(database) { seen.note($0.item) }
            #expect(try await queue.drain() == 1)
            #expect(seen.all == ["0"])
        }
    }

    @Test("work that takes longer than the lease keeps its row")
    func renewal() async throws {
        try await withErrands { database in
            try await database.add(0..<1)
            let seen = Seen()
            let queue = makeQueue(database, lease: .seconds(9)) { claim in
                seen.note(claim.item)
                let first = try await database.lease()
                try await eventually("renewed") { try await database.lease() > first + 1 }
            }
            let working = Task { try await queue.drain() }
            try await eventually("begun") { !seen.all.isEmpty }
            let other = makeQueue(database) { seen.note("other \($0.item)") }
            while try await database.count() > 0 { _ = try await other.drain() }
            _ = try await working.value
            #expect(seen.all == ["0"])
        }
    }

    @Test("an instance that is cancelled hands its row back as if it had not been taken")
    func cancellation() async throws {
        try await withErrands { database in
            try await database.add(0..<1)
            let seen = Seen()
            let queue = makeQueue(database) { claim in
                seen.note(claim.item)
                try await Task.sleep(for: .seconds(60))
            }
            let working = Task { try await queue.run() }
            try await eventually("begun") { !seen.all.isEmpty }
            working.cancel()
            _ = await working.result
            let (attempts, isFree) = try await database.run("select attempts, claimed_until is null from shop.errands")[
                0
            ]
            .decode(Int.self, Bool.self)
            #expect(attempts == 0)
            #expect(isFree)
        }
    }

    @Test("rows that are done stay where they are to be marked, and are not taken again")
    func marking() async throws {
        try await withErrands { database in
            try await database.add(0..<2)
            let queue = makeQueue(database, completion: .mark) { _ in }
            #expect(try await queue.drain() == 2)
            #expect(try await database.count("done_at is not null") == 2)
            #expect(try await queue.drain() == 0)
        }
    }

    @Test("work that comes again rests until its turn, and counts as not tried; who has lost the row cannot say so")
    func resting() async throws {
        try await withErrands { database in
            try await database.add(0..<1)
            let seen = Seen()
            let queue = makeQueue(database) { claim in
                seen.note("\(claim.attempts)")
                try await database.transaction { try claim.rest(for: .seconds(600), on: $0) }
            }
            #expect(try await queue.drain() == 1)
            #expect(try await queue.drain() == 0)
            #expect(try await database.count("not_before > now() + interval '590 seconds' and attempts = 0") == 1)
            try await database.run("update shop.errands set not_before = now()")
            #expect(try await queue.drain() == 1)
            #expect(seen.all == ["1", "1"])
            let loser = makeQueue(database) { claim in
                try await database.run("update shop.errands set claimed_by = 'another'")
                try await database.transaction { try claim.rest(for: .seconds(1), on: $0) }
            }
            try await database.run("update shop.errands set not_before = now()")
            #expect(try await loser.drain() == 1)
            #expect(try await database.count("claimed_by = 'another' and claimed_until is not null") == 1)
        }
    }

    @Test("a database that is away for a while ends no queue")
    func outage() async throws {
        let test = try await TestDatabase.make()
        try await prepare(test.database)
        let seen = Seen()
        let queue = makeQueue(test.database) { seen.note($0.item) }
        try await running([queue]) {
            try await test.setReachable(false)
            try await test.setReachable(true)
            try await test.database.add(0..<3)
            try await eventually("done") { try await test.database.count() == 0 }
        }
        await test.drop()
    }
}
