import Messages
import Testing

@testable import Writer

/// A run that could not read a tag knows only a part of the visible range: that it is another one than before says
/// nothing (architecture.md §3.4, §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct UnreadTagTests {
    /// What is known of the range while a tag is unread.
    static let part = ContentDigest(of: "without a tag")

    @Test("who was rejected stays, without being asked for, while a tag is unread and after it")
    func rejected() async throws {
        try await Story.with { story in
            try await story.run(people(0..<40))
            #expect(try await story.run(people(0..<30), gone: users(30..<40))?.outcome == .held)
            #expect(try await story.decide(.reject)?.outcome == .succeeded)
            let (before, asked) = (try await story.missing(), try await story.asked().count)
            let partial = try await story.run(people(0..<30), range: Self.part, isRangeWhole: false)
            #expect(partial?.outcome == .partial)
            #expect(partial?.counts.users == RunCounts.Objects(seen: 30, unchanged: 30, held: 10))
            #expect(try await story.missing() == before)
            #expect(try await story.run(people(0..<30))?.outcome == .succeeded)
            #expect(try await story.asked().count == asked)
            #expect(try await story.present().count == 40)
        }
    }

    @Test("whose disabling was rejected keeps access, while a tag is unread and after it")
    func rejectedDisabling() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            let off = [person("u00", status: .disabled)] + people(1..<6)
            try await story.run(people(0..<6))
            #expect(try await story.run(off)?.outcome == .held)
            #expect(try await story.decide(.reject)?.outcome == .succeeded)
            #expect(try await story.run(off, range: Self.part, isRangeWhole: false)?.outcome == .partial)
            #expect(try await story.run(off)?.outcome == .succeeded)
            #expect(try await story.present().count == 6)
        }
    }

    @Test("whoever leaves after it left the company: the range is what it was to the last run that knew it")
    func leavesAfter() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            try await story.run(people(0..<6), range: Self.part, isRangeWhole: false)
            #expect(try await story.run(people(0..<5), gone: users([5]))?.outcome == .succeeded)
            #expect(try await story.removals() == ["u05 leftCompany"])
        }
    }

    @Test("who was missing first while a tag was unread stays until it is read, and left the company then")
    func missingFirst() async throws {
        try await Story.with { story in
            try await story.run(people(0..<6))
            let partial = try await story.run(
                people(0..<5),
                range: Self.part,
                isRangeWhole: false,
                gone: users([5])
            )
            #expect(partial?.outcome == .partial)
            #expect(partial?.counts.users == RunCounts.Objects(seen: 5, unchanged: 5, unknown: 1))
            #expect(try await story.run(people(0..<5), gone: users([5]))?.outcome == .succeeded)
            #expect(try await story.removals() == ["u05 leftCompany"])
        }
    }

    @Test("as long as the same tag stays unread, who leaves leaves the company; nobody does once another is")
    func sameTag() async throws {
        try await Story.with { story in
            let other = ContentDigest(of: "without another tag")
            try await story.run(people(0..<6), range: Self.part, isRangeWhole: false)
            try await story.run(people(0..<5), range: Self.part, isRangeWhole: false, gone: users([5]))
            #expect(try await story.removals() == ["u05 leftCompany"])
            try await story.run(people(0..<4), range: other, isRangeWhole: false, gone: users([4]))
            #expect(try await story.missing()["u04"]?.state == .open)
            #expect(try await story.present().count == 5)
        }
    }
}
