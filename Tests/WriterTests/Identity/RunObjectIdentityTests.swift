import Messages
import Testing

@testable import Writer

/// What runs did is told of the right human, also where user ids change or come back.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RunObjectIdentityTests {
    let old = person("old", name: "Ann", email: "a@x", mobile: "1")
    let new = person("new", name: "Ann", email: "a@x", mobile: "1")
    let rest = [person("bob"), person("cid"), person("dot")]

    @Test("who has another user id is other than before, and was brought by the run that brought the old one")
    func renamed() async throws {
        try await Story.with { story in
            try await story.run([old] + rest)
            try await story.run([new] + rest, gone: [.user("old")])
            let items = try await story.items(2)
            #expect(items.map(\.text) == ["user new updated"])
            #expect(items.map(\.userID) == [story.source.user("old").uuid])
            let first = try await story.items(1, "&kind=user")
            #expect(first.map(\.text) == ["bob", "cid", "dot", "new"].map { "user \($0) created" })
            #expect(first.last?.userID == story.source.user("old").uuid)
        }
    }

    @Test("the run that brought people under new user ids is told so, though a later one finds out who they are")
    func renamedLater() async throws {
        try await Story.with { story in
            let numbers = 10..<30
            try await story.run(numbers.map { person("p\($0)", name: "P\($0)", mobile: "\($0)") })
            try await story.run(numbers.map { person("wo\($0)", name: "P\($0)", mobile: "\($0)") })
            let held = numbers.map { "user p\($0) held idsChanged" }
            let second = held + numbers.map { "user wo\($0) created" }
            #expect(try await story.objects(2) == second)
            _ = try await story.decide(.apply, gone: numbers.map { .user("p\($0)") })
            #expect(try await story.objects(2) == second)
            #expect(try await story.objects(3) == numbers.map { "user wo\($0) updated" })
        }
    }

    @Test("another human with the same user id is new by that run, as whoever had it was by another one")
    func another() async throws {
        try await Story.with { story in
            let other = person("old", name: "Eve", email: "e@x", mobile: "2")
            try await story.run([old] + rest)
            try await story.run([other] + rest)
            _ = try await story.decide(.apply, reused: .anotherPerson) { try $0.answer($1, present: [other]) }
            #expect(try await story.objects(2) == ["user old held reused"])
            let (first, third) = (try await story.items(1, "&kind=user"), try await story.items(3))
            #expect(first.map(\.text) == ["bob", "cid", "dot", "old"].map { "user \($0) created" })
            #expect(first.last?.userID == story.source.user("old").uuid)
            #expect(third.map(\.text) == ["user old created"])
            #expect(third.first?.userID != nil)
            #expect(third.first?.userID != story.source.user("old").uuid)
        }
    }
}
