import Messages
import Postgres
import Testing

@testable import Writer

/// A run is taken back: all that it did, but for what later runs changed too.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct UndoneRunTests {
    private let before = [
        person("ann", name: "Ann", title: "Boss", departments: [1, 2]), person("bob", name: "Bob"),
        person("cid", name: "Cid"), person("dot", status: .disabled), person("eve"), person("fay"), person("gil"),
    ]
    /// Ann has another name and department, Bob is disabled, Cid is gone, Dot may log on, Hal is new.
    private let after = [
        person("ann", name: "Anna", departments: [3]), person("bob", name: "Bob", status: .disabled), person("dot"),
        person("eve"), person("fay"), person("gil"), person("hal"),
    ]

    private func with(
        protecting protected: [String] = [],
        _ body: @Sendable (inout Story, [String]) async throws -> Void
    ) async throws {
        let limits = SafetyLimits(people: .none, departments: .none, protectedUsers: protected)
        try await Story.with(limits: limits) { story in
            try await run(&story, before, [department(1, "All"), department(2, "Two")])
            let rows = try await self.rows(story)
            try await run(&story, after, [department(1, "Every"), department(3)], [.user("cid"), .department(2)])
            #expect(try await self.rows(story) != rows)
            try await body(&story, rows)
        }
    }

    private func run(
        _ story: inout Story,
        _ users: [UserRecord],
        _ departments: [DepartmentRecord],
        _ gone: [DirectoryObject] = []
    ) async throws {
        let run = story.next()
        try await story.play { try $0.append(run, departments: departments, users: users, gone: gone) }
        #expect(try await story.end(of: run)?.outcome == .succeeded)
    }

    /// All that the rows of those say who were there before, but for the time of the last change.
    private func rows(_ story: Story) async throws -> [String] {
        try await story.world.strings(
            """
            select directory_key || (to_jsonb(u) - 'updated_at')::text from directory.users u where directory_key <> 'hal'
            union all
            select external_id || (to_jsonb(d) - 'updated_at')::text from directory.departments d where external_id <> 3
            union all
            select to_jsonb(m)::text from directory.memberships m where directory_key <> 'hal'
            order by 1
            """
        )
    }

    @Test("the rows are byte for byte what they were, but for the time of the change, and who was new is gone")
    func putsBack() async throws {
        try await with { story, rows async throws in
            let finished = try await story.decide(.undo, upTo: 2)
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 4, updated: 4, known: 4, removed: 1))
            #expect(finished?.counts.departments == RunCounts.Objects(seen: 2, updated: 2, known: 2, removed: 1))
            #expect(try await self.rows(story) == rows)
            #expect(try await story.removals() == ["hal undone"])
            #expect(try await story.world.departments(of: story.source) == [1, 2])
        }
    }

    @Test("each object is told, as it was before the undoing and after, and so are those who read the changes")
    func tells() async throws {
        try await with { story, _ async throws in
            _ = try await story.decide(.undo, upTo: 2)
            #expect(
                try await story.objects(3) == [
                    "department 1 updated", "department 2 restored", "department 3 removed undone", "user ann updated",
                    "user bob restored", "user cid restored", "user dot disabled", "user hal removed undone",
                ]
            )
            let told = try await story.world.changes(of: story.source).suffix(2).flatMap(\.users)
            let kinds = told.map { "\($0.externalID) \($0.kind) \($0.isEnabled) \($0.departments)" }.sorted()
            #expect(
                kinds == [
                    "ann updated true [1, 2]", "bob restored true [1]", "cid restored true [1]",
                    "dot disabled false [1]",
                    "hal disabled false []",
                ]
            )
        }
    }

    @Test("the next full run applies WeCom's word again")
    func appliesAgain() async throws {
        try await with { story, _ async throws in
            _ = try await story.decide(.undo, upTo: 2)
            try await run(&story, after, [department(1, "Every"), department(3)])
            let again = ["ann updated", "bob disabled", "dot restored", "hal restored"].map { "user \($0)" }
            #expect(try await story.objects(4, "&kind=user") == again)
        }
    }

    @Test("what a later run changed too stays as it is, and is told with the reason")
    func skips() async throws {
        try await with { story, _ async throws in
            let later = after.map { $0.externalID == "ann" ? person("ann", name: "Annie") : $0 }
            try await run(&story, later, [department(1, "Every"), department(3)])
            let finished = try await story.decide(.undo, upTo: 2)
            #expect(finished?.outcome == .partial)
            #expect(finished?.reasons.first?.hasPrefix("1 stay as they are") == true)
            #expect(finished?.counts.users.unchanged == 1)
            #expect(try await story.world.users(of: story.source)["ann"]?.name == "Annie")
            #expect(try await story.objects(4, "&change=skipped") == ["user ann skipped changedSince"])
        }
    }

    @Test("who is protected keeps access")
    func protects() async throws {
        try await with(protecting: ["hal", "DOT"]) { story, _ async throws in
            _ = try await story.decide(.undo, upTo: 2)
            let skipped = ["user dot skipped protected", "user hal skipped protected"]
            #expect(try await story.objects(3, "&change=skipped") == skipped)
            #expect(try await story.present().contains("hal"))
        }
    }

    @Test("only those are put back who are named")
    func named() async throws {
        try await with { story, _ async throws in
            let finished = try await story.decide(.undo, upTo: 2, [.user("ANN"), .department(1)])
            #expect(finished?.counts.users == RunCounts.Objects(seen: 1, updated: 1))
            #expect(try await story.objects(3) == ["department 1 updated", "user ann updated"])
        }
    }

    @Test("an undoing is undone like any run")
    func undone() async throws {
        try await with { story, _ async throws in
            let changed = try await self.rows(story).filter { !$0.contains("removed_epoch\": 2") }
            _ = try await story.decide(.undo, upTo: 2)
            _ = try await story.decide(.undo, upTo: 3)
            let rows = try await self.rows(story)
            #expect(changed.allSatisfy(rows.contains))
            #expect(try await story.present() == ["ann", "dot", "eve", "fay", "gil", "hal"])
            #expect(try await story.removals() == ["cid leftCompany"])
        }
    }

    @Test("another human's row is not put in the place of whoever has the user id now")
    func replaced() async throws {
        try await with { story, _ async throws in
            let other = person("eve", name: "Other", email: "o@x", mobile: "9")
            let known = person("eve", name: "Eve", email: "e@x", mobile: "1")
            for eve in [known, other] {
                let users = after.map { $0.externalID == "eve" ? eve : $0 }
                try await story.run(users, departments: [1, 3])
            }
            _ = try await story.decide(.apply, reused: .anotherPerson) { try $0.answer($1, present: [other]) }
            let id = try await story.world.users(of: story.source)["eve"]?.id
            #expect(id != story.source.user("eve"))
            _ = try await story.decide(.undo, upTo: 5)
            #expect(try await story.world.users(of: story.source)["eve"]?.id == id)
            #expect(try await story.objects(6) == ["user eve skipped otherIdentity"])
        }
    }

    @Test("read again after a change of hands, an undoing is done once")
    func handOver() async throws {
        try await with { story, rows async throws in
            _ = try await story.decide(.undo, upTo: 2)
            try await story.handOver()
            #expect(try await self.rows(story) == rows)
            #expect(try await story.world.finished(story.source).count == 3)
        }
    }
}
