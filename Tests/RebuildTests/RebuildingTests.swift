import KafkaTesting
import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Rebuild

@Suite(
    "A rebuild from beginning to end",
    .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"),
    .timeLimit(.minutes(5))
)
struct RebuildingTests {
    @Test("a topic is read to its end, each identity provider is compared, and what is in use stays")
    func compared() async throws {
        try await WordsWorld.with { world in
            _ = try await world.tell("a", live: "a")
            let other = try await world.tell("b", live: "x")
            try await world.rebuilding.begin(RebuildWish())
            try await world.rebuilding.attempt()
            let status = try await world.status()
            #expect(status.outcomes == ["equal": 1, "different": 1])
            #expect(status.results == [RebuildResult(of: other, .different, .init(live: "x", rebuilt: "b"))])
            #expect(status.doneAt != nil && status.trouble == nil && status.attempt == 1)
            #expect(try await world.words() == ["a", "x"])
            #expect(try await world.isEmpty())
        }
    }

    @Test(
        "where that is wanted what was rebuilt takes the place of what is in use, for one identity provider or for all"
    )
    func switched() async throws {
        try await WordsWorld.with { world in
            let first = try await world.tell("a", live: "x")
            let second = try await world.tell("b", live: nil)
            try await world.rebuilding.begin(RebuildWish(identityProvider: first, switches: true))
            try await world.rebuilding.attempt()
            #expect(try await world.status().results.map(\.identityProvider) == [first])
            #expect(try await world.words() == ["a"])
            try await world.rebuilding.begin(RebuildWish(switches: true))
            try await world.rebuilding.attempt()
            #expect(try await world.status().outcomes == ["equal": 1, "switched": 1])
            #expect(try await world.words() == ["a", "b"])
            #expect(world.whims.now.told == [first, second])
        }
    }

    @Test("what a transaction does last it does when the result is kept already")
    func lastly() async throws {
        try await WordsWorld.with { world in
            _ = try await world.tell("a", live: "x")
            try await world.rebuilding.begin(RebuildWish(switches: true))
            try await world.rebuilding.attempt()
            #expect(try await world.database.run("select results from words.told").decode(Int.self) == [1])
        }
    }

    @Test("where nobody has asked for one nothing is done, nor where it is over")
    func unasked() async throws {
        try await WordsWorld.with { world in
            _ = try await world.tell("a", live: "x")
            try await world.rebuilding.attempt()
            #expect(try await world.rebuilding.status() == nil)
            try await world.rebuilding.begin(RebuildWish())
            try await world.rebuilding.attempt()
            try await world.rebuilding.attempt()
            #expect(try await world.status().attempt == 1)
        }
    }

    @Test("what is in use is waited for where it is not as far as the topic")
    func waited() async throws {
        try await WordsWorld.with { world in
            let late = try await world.tell("a", live: "a")
            _ = try await world.tell("b", live: "b")
            world.whims.change { $0.looks[late] = 2 }
            try await world.rebuilding.begin(RebuildWish())
            try await world.rebuilding.attempt()
            #expect(try await world.status().outcomes == ["equal": 2])
        }
    }

    @Test("who ran while all were looked at is waited for, however long that took")
    func slow() async throws {
        try await WordsWorld.with { world in
            let late = try await world.tell("a", live: "a")
            _ = try await world.tell("b", live: "b")
            world.whims.change {
                $0.isSlow = true
                $0.looks[late] = 1
            }
            try await world.rebuilding.begin(RebuildWish())
            try await world.rebuilding(patience: .milliseconds(200)).attempt()
            #expect(try await world.status().outcomes == ["equal": 2])
        }
    }

    @Test("an identity provider that is never as far is refused in the end, and keeps nobody waiting")
    func neverEquallyFar() async throws {
        try await WordsWorld.with { world in
            let late = try await world.tell("a", live: "x")
            _ = try await world.tell("b", live: "y")
            world.whims.change { $0.looks[late] = .max }
            try await world.rebuilding.begin(RebuildWish(switches: true))
            try await world.rebuilding(patience: .milliseconds(300)).attempt()
            let status = try await world.status()
            #expect(status.outcomes == ["refused": 1, "switched": 1])
            #expect(status.results.contains(RebuildResult(refused: late, because: "they are apart", remedy: "wait")))
            #expect(try await world.words() == ["b", "x"])
        }
    }

    @Test("an attempt that is stopped leaves the rebuild to the next one, and is no trouble")
    func stopped() async throws {
        try await WordsWorld.with { world in
            let late = try await world.tell("a", live: "a")
            world.whims.change { $0.looks[late] = .max }
            try await world.rebuilding.begin(RebuildWish())
            let attempt = Task { try await world.rebuilding.attempt() }
            try await eventually("it waits") {
                world.whims.now.looks[late] != .max
            }
            attempt.cancel()
            await #expect(throws: (any Error).self) { try await attempt.value }
            #expect(try await world.status().doneAt == nil)
            #expect(try await world.status().trouble == nil)
            world.whims.change { $0.looks[late] = 0 }
            try await world.rebuilding.attempt()
            #expect(try await world.status().outcomes == ["equal": 1])
        }
    }
}
