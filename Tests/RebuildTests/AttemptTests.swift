import KafkaTesting
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Rebuild

@Suite("Attempts of a rebuild", .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"), .timeLimit(.minutes(5)))
struct AttemptTests {
    @Test("one that fails is told of, and the next one begins with empty tables")
    func failed() async throws {
        try await WordsWorld.with { world in
            _ = try await world.tell("a", live: "a")
            try await world.rebuilding.begin(RebuildWish())
            world.whims.change { $0.takesNothing = true }
            await #expect(throws: Words.Whims.Refused.self) { try await world.rebuilding.attempt() }
            #expect(try await world.status().trouble == "refused")
            #expect(try await world.status().doneAt == nil)
            try await world.database.run("insert into words.beside values (gen_random_uuid(), 'left')")
            world.whims.change { $0.takesNothing = false }
            try await world.rebuilding.attempt()
            let status = try await world.status()
            #expect(status.outcomes == ["equal": 1] && status.attempt == 2 && status.trouble == nil)
        }
    }

    @Test(
        "after five that failed it is given up at once, be it in making the tables or in filling them",
        arguments: [true, false]
    )
    func givenUp(makesTables: Bool) async throws {
        try await WordsWorld.with { world in
            _ = try await world.tell("a", live: "a")
            try await world.rebuilding.begin(RebuildWish())
            world.whims.change { ($0.makesNoTables, $0.takesNothing) = (!makesTables, makesTables) }
            for number in 1...5 {
                #expect(try await world.status().doneAt == nil)
                await #expect(throws: Words.Whims.Refused.self) { try await world.rebuilding.attempt() }
                #expect(try await world.status().attempt == number)
            }
            #expect(try await world.status().doneAt != nil)
            #expect(try await world.status().trouble == "refused")
            #expect(try await world.isEmpty())
            try await world.rebuilding.attempt()
            #expect(try await world.status().attempt == 5)
        }
    }

    @Test("after five that were broken off without a word it is given up, too")
    func brokenOff() async throws {
        try await WordsWorld.with { world in
            try await world.rebuilding.begin(RebuildWish())
            for _ in 1...5 { try await world.fill(world.beginAttempt()) }
            #expect(try await world.status().doneAt == nil)
            try await world.rebuilding.attempt()
            let status = try await world.status()
            #expect(status.doneAt != nil && status.attempt == 5)
            #expect(status.trouble == "it was broken off again and again")
            #expect(try await world.isEmpty())
        }
    }

    @Test("however often one is stopped with its instance, the rebuild is not given up")
    func stopped() async throws {
        try await WordsWorld.with { world in
            let late = try await world.tell("a", live: "a")
            try await world.rebuilding.begin(RebuildWish())
            for number in 1...6 {
                world.whims.change { $0.looks[late] = .max }
                let attempt = Task { try await world.rebuilding.attempt() }
                try await eventually("it waits") { world.whims.now.looks[late] != .max }
                attempt.cancel()
                await #expect(throws: CancellationError.self) { try await attempt.value }
                #expect(try await world.status().attempt == number)
            }
            world.whims.change { $0.looks[late] = 0 }
            try await world.rebuilding.attempt()
            let status = try await world.status()
            #expect(status.outcomes == ["equal": 1] && status.attempt == 7)
        }
    }

    @Test("however often what it needs is away, the rebuild says so and is not given up")
    func away() async throws {
        try await WordsWorld.with { world in
            _ = try await world.tell("a", live: "a")
            try await world.rebuilding.begin(RebuildWish())
            world.whims.change { $0.isAway = true }
            for number in 1...6 {
                await #expect(throws: Words.Whims.Away.self) { try await world.rebuilding.attempt() }
                let status = try await world.status()
                #expect(status.attempt == number && status.doneAt == nil && status.trouble == "it is away")
            }
            world.whims.change { $0.isAway = false }
            try await world.rebuilding.attempt()
            #expect(try await world.status().outcomes == ["equal": 1])
        }
    }

    @Test("one of a topic that is not there fails, and says so")
    func noTopic() async throws {
        try await WordsWorld.with(hasTopic: false) { world in
            try await world.rebuilding.begin(RebuildWish())
            await #expect(throws: MissingTopic.self) {
                try await world.rebuilding(patience: .milliseconds(300)).attempt()
            }
            let topic = TopicCatalogue.directoryRecords.name
            let trouble = "the topic \(topic) is not there; make it with bridgectl topics apply"
            #expect(try await world.status().trouble == trouble)
        }
    }

    @Test("one that was overtaken writes nothing, ends nothing, and its trouble is not the other's")
    func overtaken() async throws {
        try await WordsWorld.with { world in
            try await world.rebuilding.begin(RebuildWish())
            let late = try await world.beginAttempt()
            try await world.fill(late)
            let next = try await world.beginAttempt()
            #expect(next.number == 2)
            #expect(try await world.isEmpty())
            try await world.fill(next)
            await #expect(throws: RebuildAttempt.Overtaken.self) { try await world.fill(late) }
            await #expect(throws: RebuildAttempt.Overtaken.self) { try await world.rebuilding.prepare(late) }
            await #expect(throws: RebuildAttempt.Overtaken.self) { try await world.rebuilding.finish(late) }
            try await world.rebuilding.fail(late, because: Words.Whims.Refused())
            #expect(try await world.words(in: "words.beside").count == 1)
            let status = try await world.status()
            #expect(status.doneAt == nil && status.trouble == nil)
        }
    }

    @Test("one whose rebuild was taken back writes nothing, and nothing of it is left")
    func takenBack() async throws {
        try await WordsWorld.with { world in
            try await world.rebuilding.begin(RebuildWish())
            let attempt = try await world.beginAttempt()
            try await world.fill(attempt)
            try await world.rebuilding.takeBack()
            #expect(try await world.isEmpty())
            await #expect(throws: RebuildAttempt.Overtaken.self) { try await world.fill(attempt) }
            let status = try await world.status()
            #expect(status.doneAt != nil && status.trouble == "it was taken back")
        }
    }

    @Test("a rebuild is taken back though it comes the other way through the tables that are emptied")
    func deadlocked() async throws {
        try await WordsWorld.with { world in
            try await world.rebuilding.begin(RebuildWish())
            let attempt = try await world.beginAttempt()
            try await world.fill(attempt)
            // A sequence goes on though its transaction is undone: so the first two tries fail, as the server says it.
            let deadlocks = """
                create sequence words.tries;
                create function words.deadlock() returns trigger language plpgsql as $$ begin
                    if nextval('words.tries') <= 2 then raise exception 'met' using errcode = '40P01'; end if;
                    return null;
                end $$;
                create trigger deadlock before truncate on words.beside execute function words.deadlock();
                """
            try await world.database.withConnection { try $0.execute(deadlocks) }
            try await world.rebuilding.takeBack()
            #expect(try await world.isEmpty())
            #expect(try await world.status().trouble == "it was taken back")
        }
    }

    @Test("the next one waits for what an earlier one is writing")
    func held() async throws {
        try await WordsWorld.with { world in
            try await world.rebuilding.begin(RebuildWish())
            let first = try await world.beginAttempt()
            let writing = world.database.makeConnection()
            try await writing.perform { connection in
                try connection.execute("begin")
                try first.hold(on: connection)
            }
            async let next = world.beginAttempt()
            try await eventually("the next attempt waits") {
                let waiting = try await world.database.run(
                    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                )
                return !waiting.isEmpty
            }
            try await writing.execute("commit")
            #expect(try await next.number == 2)
            await writing.close()
        }
    }

    @Test("one is held by connections of whichever schema")
    func otherSchema() async throws {
        try await WordsWorld.with { world in
            try await world.rebuilding.begin(RebuildWish())
            let attempt = try await world.beginAttempt()
            let other = Database(url: world.url, schema: "elsewhere", connections: 1, logger: TestDatabase.quietLogger)
            try await other.transaction { try attempt.hold(on: $0) }
            await other.close()
        }
    }

    @Test("another rebuild is refused until one is over, and knows nothing of what that came to")
    func oneAfterTheOther() async throws {
        try await WordsWorld.with { world in
            _ = try await world.tell("a", live: "x")
            try await world.rebuilding.begin(RebuildWish())
            await #expect(throws: Problem.self) { try await world.rebuilding.begin(RebuildWish(switches: true)) }
            #expect(try await world.status().switches == false)
            try await world.rebuilding.attempt()
            #expect(try await world.status().outcomes == ["different": 1])
            try await world.rebuilding.begin(RebuildWish())
            #expect(try await world.status().outcomes.isEmpty)
            #expect(try await world.status().attempt == 0)
        }
    }
}
