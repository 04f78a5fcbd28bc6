import Failures
import KafkaTesting
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import BackgroundWork

/// Rows that hold each other up, and nobody else.
@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct LaneTests {
    private static let lane = QueueTable.Lane("what", width: 2)

    private static func add(_ errands: [String], to database: Database) async throws {
        try await database.run(
            """
            insert into shop.errands (id, what)
            select place, what from unnest(\(errands)::text[]) with ordinality as errand(what, place)
            """
        )
    }

    @Test("of a lane so many rows at most are in hand at once, over all instances, and others' go on beside them")
    func width() async throws {
        try await withErrands { database in
            try await Self.add(["slow", "slow", "slow", "slow", "slow", "quick"], to: database)
            let (gate, seen) = (Gate(), Seen())
            let queues = (0..<2).map { _ in
                makeQueue(database, concurrency: 4, lane: Self.lane) { claim in
                    seen.note(claim.item)
                    if claim.item == "slow" { await gate.wait() }
                }
            }
            try await running(queues) {
                try await eventually("the quick one is done") { try await database.count("what = 'quick'") == 0 }
                try await eventually("two slow ones are in hand") { seen.all.count { $0 == "slow" } == 2 }
                #expect(try await database.count("claimed_until is not null") == 2)
                gate.open()
                try await eventually("all is done") { try await database.count() == 0 }
            }
            #expect(seen.all.count == 6)
        }
    }

    @Test("a lane in which something failed rests, what waits there does not count as tried, and others go on")
    func rest() async throws {
        try await withErrands { database in
            try await Self.add(["broken", "broken", "broken", "sound"], to: database)
            let work: @Sendable (Claim<String>) async throws -> Void = { claim in
                if claim.item == "broken" { throw Failure(failureClass: .transient) }
            }
            #expect(try await makeQueue(database, lane: Self.lane, work).drain() == 2)
            #expect(try await database.count("what = 'sound'") == 0)
            #expect(try await database.count("attempts = 0 and not_before <= now()") == 2)
            // Another instance has to find out by itself.
            #expect(try await makeQueue(database, lane: Self.lane, work).drain() == 1)
            #expect(try await database.count("attempts = 1 and not_before > now()") == 2)
        }
    }

    @Test("what fails for good has nothing else wait")
    func setAside() async throws {
        try await withErrands { database in
            try await Self.add(["wrong", "wrong", "wrong"], to: database)
            let queue = makeQueue(database, lane: Self.lane) { _ in throw Failure(failureClass: .permanent) }
            #expect(try await queue.drain() == 3)
            #expect(try await database.setAside().what.count == 3)
        }
    }
}

struct RestingLanesTests {
    @Test("a lane rests longer with each failure in a row, those at once count as one, and a success ends the row")
    func growth() {
        let lanes = RestingLanes(Backoff(first: .seconds(1), limit: .seconds(4), jitter: 0))
        var now = ContinuousClock.now
        for rest in [1, 2, 4, 4] {
            lanes.failed("a", at: now)
            lanes.failed("a", at: now)
            #expect(lanes.current(at: now + .milliseconds(rest * 1_000 - 1)) == ["a"])
            now = now + .seconds(rest)
            #expect(lanes.current(at: now).isEmpty)
        }
        lanes.failed("b", at: now)
        lanes.succeeded("a")
        lanes.failed("a", at: now)
        #expect(lanes.current(at: now).sorted() == ["a", "b"])
        #expect(lanes.current(at: now + .seconds(1)).isEmpty)
    }
}
