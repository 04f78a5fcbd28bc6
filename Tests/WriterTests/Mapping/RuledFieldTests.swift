import Messages
import Postgres
import Testing

@testable import Writer

/// What becomes of fields that lost their rule, or are filled for new people only.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RuledFieldTests {
    private static let all = MappedFields(always: ["username", "displayName", "title", "badge", "room"])

    @Test("a field that lost its rule is cleared, also a tenant's own, and nothing else is")
    func lostRules() async throws {
        try await Story.with { story in
            let ann = person("ann", name: "Ann", title: "Head", attributes: ["badge": "1", "room": "7"])
            try await run([ann], Self.all, in: &story)
            #expect(try await rows(story) == [#"ann Ann Head {"room": "7", "badge": "1"}"#])
            let later = person("ann", name: "Ann", attributes: ["room": "7"])
            let finished = try await run(
                [later],
                MappedFields(always: ["username", "displayName", "room"]),
                in: &story
            )
            #expect(finished?.counts.users == RunCounts.Objects(seen: 1, updated: 1))
            #expect(try await rows(story) == [#"ann Ann  {"room": "7"}"#])
            try await run([person("ann", name: "Anna")], MappedFields(always: ["username", "displayName"]), in: &story)
            #expect(try await rows(story) == ["ann Anna  -"])
        }
    }

    @Test("what WeCom does not tell stays while there is a rule, and where nothing is said of rules")
    func keptFields() async throws {
        try await Story.with { story in
            let ann = person("ann", name: "Ann", title: "Head", attributes: ["badge": "1"])
            try await run([ann], Self.all, in: &story)
            try await run([person("ann", name: "Anna")], Self.all, in: &story)
            try await run([person("ann", name: "Anne")], nil, in: &story)
            #expect(try await rows(story) == [#"ann Anne Head {"badge": "1"}"#])
        }
    }

    @Test("what is filled for new people is left alone afterwards, and given to those who are new")
    func onCreate() async throws {
        try await Story.with { story in
            let fields = MappedFields(always: ["username", "displayName"], onCreate: ["title", "badge"])
            try await run([person("ann", name: "Ann", title: "New", attributes: ["badge": "1"])], fields, in: &story)
            let others = [
                person("ann", name: "Anna", title: "Newer", attributes: ["badge": "2"]),
                person("bob", name: "Bob", title: "Newer", attributes: ["badge": "2"]),
            ]
            try await run(others, fields, in: &story)
            #expect(
                try await rows(story) == [#"ann Anna New {"badge": "1"}"#, #"bob Bob Newer {"badge": "2"}"#]
            )
        }
    }

    @discardableResult
    private func run(
        _ users: [UserRecord],
        _ fields: MappedFields?,
        in story: inout Story
    ) async throws -> RunFinished? {
        let run = story.next()
        try await story.play { try $0.append(run, users: users, fields: fields) }
        return try await story.end(of: run)
    }

    private func rows(_ story: Story) async throws -> [String] {
        try await story.world.strings(
            """
            select external_id || ' ' || display_name || ' ' || coalesce(title, '-') || ' ' || coalesce(attributes::text, '-')
            from directory.users where idp_id = \(story.source.id.uuid) order by 1
            """
        )
    }
}
