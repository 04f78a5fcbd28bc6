import Messages
import Postgres
import Testing

@testable import Writer

/// What a run removed is taken back (architecture.md §3.6).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct UndoTests {
    /// Eight people, of whom the second run removed one, and the third another one.
    func withRemoved(_ body: @Sendable (inout Story) async throws -> Void) async throws {
        try await Story.with { story in
            try await story.run(people(0..<8))
            try await story.run(people(0..<7), gone: users([7]))
            try await story.run(people(0..<6), gone: users([6]))
            #expect(try await story.present().count == 6)
            try await body(&story)
        }
    }

    @Test("whom that run removed is there again with the same id and departments, and nobody else")
    func restores() async throws {
        try await withRemoved { story async throws in
            let before = try #require(try await story.world.users(of: story.source)["u07"])
            let finished = try await story.decide(.undo, upTo: 2)
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 1, updated: 1, known: 0))
            let after = try #require(try await story.world.users(of: story.source)["u07"])
            #expect(after.id == before.id)
            #expect(try await story.removals() == ["u06 leftCompany"])
            #expect(try await story.world.memberships(of: story.source).contains("u07 1"))
            #expect(try await story.world.changes(of: story.source).last?.users.map(\.kind) == [.restored])
            #expect(try await story.world.strings("select object from directory.losses") == ["u06"])
        }
    }

    @Test("who was taken back stays, without being asked for, until range or scope change")
    func stays() async throws {
        try await withRemoved { story async throws in
            _ = try await story.decide(.undo, upTo: 3, users([6]))
            #expect(try await story.present().count == 7)
            let asked = try await story.asked().count
            let finished = try await story.run(people(0..<6))
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 6, unchanged: 6, held: 1))
            #expect(try await story.asked().count == asked)
            #expect(try await story.run(people(0..<6), range: ContentDigest(of: "other")) == nil)
        }
    }

    @Test("an undoing of a run that changed nothing, or of others, changes nobody")
    func nothing() async throws {
        try await withRemoved { story async throws in
            try await story.run(people(0..<6))
            #expect(try await story.decide(.undo, upTo: 4)?.outcome == .succeeded)
            #expect(try await story.decide(.undo, upTo: 2, users([6]))?.counts == RunCounts())
            #expect(try await story.present().count == 6)
        }
    }

    @Test("of those who are named it is said how many the run did not change, each once, and the others are put back")
    func others() async throws {
        try await withRemoved { story async throws in
            let named: [DirectoryObject] = [.user("U06"), .user("u06"), .user("u07"), .department(1)]
            let finished = try await story.decide(.undo, upTo: 2, named)
            #expect(finished?.outcome == .partial)
            #expect(finished?.reasons == ["Of those named, that run did not change 2."])
            #expect(try await story.removals() == ["u06 leftCompany"])
        }
    }

    @Test("an undoing of others alone is not said to have succeeded")
    func othersAlone() async throws {
        try await withRemoved { story async throws in
            let finished = try await story.decide(.undo, upTo: 2, users([6]))
            #expect(finished?.outcome == .partial)
            #expect(finished?.reasons == ["Of those named, that run did not change 1."])
        }
    }
}
