import Messages
import Postgres
import Testing

@testable import Writer

/// What an undoing must not put back, or cannot, as another human has it, or it is not kept any more.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct UndoneHistoryTests {
    private let limits = SafetyLimits(people: .none, departments: .none)

    /// Three people, of whom the second run removes one.
    private func with(_ body: @Sendable (inout Story) async throws -> Void) async throws {
        try await Story.with(limits: limits) { story in
            try await story.run(people(0..<3), day: 0)
            try await story.run(people(0..<2), day: 1, gone: users([2]))
            try await body(&story)
        }
    }

    /// Undoes the run with that number.
    private func undo(
        _ epoch: Int64,
        day: Double,
        terms: RunTerms? = nil,
        in story: inout Story
    ) async throws -> RunFinished? {
        var run = story.next(.undo, day: day)
        (run.selection, run.terms) = (HeldSelection(upTo: Epoch(rawValue: epoch)), terms)
        let undoing = run
        try await story.play { try $0.decide(undoing) }
        return try await story.end(of: undoing)
    }

    /// A full run by other terms.
    private func run(
        _ users: [UserRecord],
        _ departments: [DepartmentRecord] = [department(1, "All")],
        by terms: RunTerms,
        in story: inout Story
    ) async throws {
        var run = story.next()
        run.terms = terms
        let full = run
        try await story.play { try $0.append(full, departments: departments, users: users) }
        #expect(try await story.end(of: full) != nil)
    }

    @Test("who was removed is not put back while it is held that another human may have the user id")
    func heldReuse() async throws {
        try await Story.with(limits: limits) { story in
            let ann = person("ann", name: "Ann", email: "ann@x", mobile: "1")
            let other = person("ann", name: "Other", email: "other@x", mobile: "9")
            try await story.run(people(0..<3) + [ann])
            try await story.run(people(0..<3), gone: [.user("ann")])
            try await story.run(people(0..<3) + [other])
            let held = try await story.missing()["ann"]
            #expect(held?.state == .held && held?.isReused == true)
            let finished = try await story.decide(.undo, upTo: 2)
            #expect(finished?.outcome == .partial)
            #expect(try await story.objects(4) == ["user ann skipped otherIdentity"])
            #expect(try await story.present() == ["u00", "u01", "u02"])
            #expect(try await story.missing()["ann"] == held)
        }
    }

    @Test("a run before the history that is kept is not undone at all, and it is said since when there is some")
    func old() async throws {
        try await with { story in
            let late = try await undo(2, day: 182, in: &story)
            #expect(late?.outcome == .failed)
            #expect(
                late?.reasons == [
                    "It is not kept any more what that run did: there is history since 2023-11-16T22:13:20.000Z.",
                    "Nothing was changed.",
                ]
            )
            #expect(try await story.present() == ["u00", "u01"])
            let early = try await undo(2, day: 180, in: &story)
            #expect(early?.outcome == .succeeded)
            #expect(try await story.present() == ["u00", "u01", "u02"])
        }
    }

    @Test("a run of which nothing is kept any more is not undone", arguments: ["run_objects", "runs"])
    func swept(table: String) async throws {
        try await with { story in
            try await story.world.database.run("delete from directory.\(identifier: table) where epoch = 2")
            let finished = try await undo(2, day: 3, in: &story)
            #expect(finished?.outcome == .failed)
            #expect(try await story.present() == ["u00", "u01"])
        }
    }

    @Test("an undoing says of how many it is not kept any more what the run did to them")
    func partly() async throws {
        try await Story.with(limits: limits) { story in
            try await story.run(people(0..<4))
            try await story.run(people(0..<2), gone: users(2..<4))
            try await story.world.database.run("delete from directory.run_objects where object = 'u03'")
            let finished = try await story.decide(.undo, upTo: 2)
            #expect(finished?.outcome == .partial)
            #expect(finished?.reasons == ["What the run did to 1 is not kept any more."])
            #expect(try await story.present() == ["u00", "u01", "u02"])
        }
    }

    @Test("whoever's row is deleted since is not put back, and told so")
    func deleted() async throws {
        try await with { story in
            try await story.world.database.run(
                "update directory.users set removed_at = removed_at - interval '40 days'"
            )
            // The grace period alone is over: what was in those runs is still kept.
            try await story.world.sweep(historyDays: 36_500)
            let finished = try await story.decide(.undo, upTo: 2)
            #expect(finished?.outcome == .partial)
            #expect(finished?.reasons.first?.hasPrefix("1 stay as they are") == true)
            #expect(try await story.objects(3) == ["user u02 skipped changedSince"])
            let first = try await story.decide(.undo, upTo: 1)
            #expect(first?.outcome == .partial)
            #expect(try await story.objects(4, "&change=skipped") == ["user u02 skipped changedSince"])
        }
    }

    @Test("departments of another corp are not put back in the place of those with their numbers")
    func otherCorp() async throws {
        try await Story.with(limits: limits) { story in
            for name in ["Two", "Zwei"] {
                try await run(people(0..<3), [department(1), department(2, name)], by: story.source.terms, in: &story)
            }
            var terms = story.source.terms
            terms.generation = terms.generation.next
            try await run(people(3..<6), [department(1), department(2, "Zwei")], by: terms, in: &story)
            let finished = try await undo(2, day: 1, terms: terms, in: &story)
            #expect(finished?.outcome == .partial)
            #expect(try await story.objects(4) == ["department 2 skipped otherIdentity"])
            #expect(
                try await story.world.strings("select name from directory.departments where external_id = 2") == [
                    "Zwei"
                ]
            )
        }
    }

    @Test("who is put back across a change of rules is compared with nobody, as they were read by other rules")
    func otherMapping() async throws {
        try await Story.with(limits: limits) { story in
            let likeness: SQL = "select (likeness = 0)::text from directory.users where directory_key = 'ann'"
            try await run([person("ann", name: "Ann", mobile: "1")], by: story.source.terms, in: &story)
            var terms = story.source.terms
            terms.mapping = terms.mapping.next
            try await run([person("ann", name: "Ann B", mobile: "1")], by: terms, in: &story)
            #expect(try await story.world.strings(likeness) == ["false"])
            let finished = try await undo(2, day: 1, terms: terms, in: &story)
            #expect(finished?.outcome == .succeeded)
            #expect(try await story.world.users(of: story.source)["ann"]?.name == "Ann")
            #expect(try await story.world.strings(likeness) == ["true"])
        }
    }
}
