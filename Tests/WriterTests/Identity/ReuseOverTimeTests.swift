import Messages
import Postgres
import Testing

@testable import Writer

/// Who a user id belongs to is decided the same, whatever was swept, decided late or mapped otherwise in between
/// (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct ReuseOverTimeTests {
    let ann = person("ann", name: "Ann", email: "ann@x", mobile: "1")
    let other = person("ann", name: "Anna Other", email: "other@x", mobile: "2")
    let third = person("ann", name: "Carl", email: "carl@x", mobile: "3")
    let rest = [person("bob"), person("cid"), person("dot")]

    func id(_ story: Story) async throws -> UserID? { try await story.world.users(of: story.source)["ann"]?.id }

    func name(_ story: Story) async throws -> String? { try await story.world.users(of: story.source)["ann"]?.name }

    /// A run by other rules.
    func remap(
        _ story: inout Story,
        _ users: [UserRecord],
        answering answer: (inout RunLog, RunLog.Run) throws -> Void = { _, _ in }
    ) async throws -> RunFinished? {
        var run = story.next()
        run.terms = story.source.terms
        run.terms?.mapping = MappingNumber(rawValue: 2)
        let said = manifest([1], users.map(\.externalID))
        try await story.play { log in
            try log.append(run, users: users, manifest: said)
            try answer(&log, run)
        }
        return try await story.end(of: run)
    }

    @Test("within the grace period it makes no difference whether the row was swept", arguments: [false, true])
    func swept(isSwept: Bool) async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            try await story.run(rest, gone: [.user("ann")])
            try await story.age(days: 5)
            if isSwept { try await story.world.sweep() }
            let held = try await story.run([other] + rest)
            #expect(held?.outcome == .held)
            #expect(try await story.missing().mapValues(\.hold) == ["ann": .reused])
            #expect(try await story.present() == ["bob", "cid", "dot"])
            let returned = try await story.run([ann] + rest)
            #expect(returned?.outcome == .succeeded)
            #expect(try await id(story) == story.source.user("ann"))
            #expect(try await story.world.strings("select object from directory.losses").isEmpty)
        }
    }

    @Test("who is held stays held when the rules change")
    func heldUnderOtherMapping() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            try await story.run([other] + rest)
            let held = try await remap(&story, [other] + rest)
            #expect(held?.outcome == .held)
            #expect(try await name(story) == "Ann")
            let other = other
            _ = try await story.decide(.apply, reused: .anotherPerson) { try $0.answer($1, present: [other]) }
            #expect(try await id(story) != story.source.user("ann"))
        }
    }

    @Test("whom a run by other rules missed is not another human for what the rules changed", arguments: [false, true])
    func missedUnderOtherMapping(isUnknown: Bool) async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            let mapped = other
            let finished = try await remap(&story, rest) {
                try isUnknown ? $0.answer($1, unknown: [.user("ann")]) : $0.answer($1, present: [mapped])
            }
            #expect(finished?.outcome == .partial)
            let next = try await remap(&story, [mapped] + rest)
            #expect(next?.outcome == .succeeded)
            #expect(try await name(story) == "Anna Other")
            #expect(try await id(story) == story.source.user("ann"))
        }
    }

    @Test("a decision that it is another person does nothing to one who is back, with another title")
    func gaveWay() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            try await story.run([other] + rest)
            let back = person("ann", name: "Ann", email: "ann@x", mobile: "1", title: "Head")
            let finished = try await story.decide(.apply, reused: .anotherPerson) { try $0.answer($1, present: [back]) }
            #expect(finished?.outcome == .succeeded)
            #expect(try await id(story) == story.source.user("ann"))
            #expect(try await story.missing().isEmpty)
        }
    }

    @Test("a decision about one human is none about the next one under the same id", arguments: ReuseDecision.allCases)
    func third(decision: ReuseDecision) async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            try await story.run([other] + rest)
            let third = third
            let finished = try await story.decide(.apply, reused: decision) { try $0.answer($1, present: [third]) }
            #expect(finished?.outcome == .held)
            #expect(try await name(story) == "Ann")
            #expect(try await id(story) == story.source.user("ann"))
            try await story.run([third] + rest)
            let late = try await story.decide(.apply, upTo: 2, reused: decision) { try $0.answer($1, present: [third]) }
            #expect(late?.outcome == .succeeded)
            #expect(try await name(story) == "Ann")
            _ = try await story.decide(.apply, reused: decision) { try $0.answer($1, present: [third]) }
            #expect(try await name(story) == "Carl")
        }
    }

    @Test("a rejection of one human is none of the next one under the same id")
    func rejected() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            try await story.run([other] + rest)
            _ = try await story.decide(.reject)
            let same = try await story.run([other] + rest)
            #expect(same?.outcome == .succeeded)
            let next = try await story.run([third] + rest)
            #expect(next?.outcome == .held)
        }
    }

    @Test("a second reuse of the same id is held, and gets a third id; a repeated approval does nothing")
    func second() async throws {
        try await Story.with { story in
            try await story.run([ann] + rest)
            var ids: [UserID?] = [try await id(story)]
            for human in [other, third] {
                let held = try await story.run([human] + rest)
                #expect(held?.outcome == .held)
                for _ in 1...2 {
                    _ = try await story.decide(.apply, reused: .anotherPerson) { try $0.answer($1, present: [human]) }
                }
                ids.append(try await id(story))
                let after = try await story.run([human] + rest)
                #expect(after?.outcome == .succeeded)
            }
            #expect(Set(ids).count == 3)
        }
    }
}
