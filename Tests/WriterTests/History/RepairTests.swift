import Messages
import Postgres
import Testing

@testable import Writer

/// Rows that are wrong under a right hash are found and mended by a repair, and by nothing else.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RepairTests {
    private let corp = [
        person("ann", name: "Ann", departments: [1, 2]), person("bob", name: "Bob", status: .disabled),
        person("cid", name: "Cid", attributes: ["k": "v"]), person("dot"), person("eve"),
    ]

    /// Six people and two departments, of which a value, a membership and a department's name were changed behind the
    /// writer's back.
    private func withDamage(_ body: @Sendable (inout Story, [String]) async throws -> Void) async throws {
        try await Story.with { story in
            try await run(&story, .full)
            let whole = try await images(story)
            try await story.world.database.run(
                "update directory.users set display_name = 'Anna' where external_id = 'ann'"
            )
            try await story.world.database.run("update directory.users set attributes = '{}' where external_id = 'cid'")
            try await story.world.database.run("update directory.departments set name = 'None' where external_id = 2")
            try await story.world.database.run("delete from directory.memberships where directory_key = 'dot'")
            try await story.world.database.run(
                """
                insert into directory.memberships (idp_id, directory_key, department_id, sort_order, is_leader)
                select idp_id, 'eve', 2, 0, false from directory.sources
                """
            )
            #expect(try await images(story) != whole)
            try await body(&story, whole)
        }
    }

    @discardableResult
    private func run(_ story: inout Story, _ kind: RunSync.Kind, isDryRun: Bool = false) async throws -> RunFinished? {
        var run = story.next(kind)
        run.isDryRun = isDryRun
        let (now, corp) = (run, corp)
        try await story.play {
            try $0.append(now, departments: [department(1, "All"), department(2, "Two")], users: corp)
        }
        return try await story.end(of: run)
    }

    /// All that rows say but for their times.
    private func images(_ story: Story) async throws -> [String] {
        try await story.world.strings(
            """
            select directory_key || (directory.image(u) - 'updated_at')::text from directory.users u
            union all select external_id || (directory.image(d) - 'updated_at')::text from directory.departments d
            order by 1
            """
        )
    }

    @Test("a full run does not notice; a repair mends each of them, and touches nobody else")
    func repair() async throws {
        try await withDamage { story, whole async throws in
            let full = try await run(&story, .full)
            #expect(full?.counts.users == RunCounts.Objects(seen: 5, unchanged: 5))
            #expect(try await images(story) != whole)
            let repair = try await run(&story, .repair)
            #expect(repair?.outcome == .succeeded)
            #expect(repair?.counts.users == RunCounts.Objects(seen: 5, updated: 4, unchanged: 1))
            #expect(repair?.counts.departments == RunCounts.Objects(seen: 2, updated: 1, unchanged: 1))
            #expect(try await images(story) == whole)
            let mended = ["department 2 updated"] + ["ann", "cid", "dot", "eve"].map { "user \($0) updated" }
            #expect(try await story.objects(3) == mended)
            #expect(try await run(&story, .repair)?.counts.users == RunCounts.Objects(seen: 5, unchanged: 5))
        }
    }

    @Test("a repair that changes hands in the middle mends the same", arguments: [1, 2, 3])
    func handOver(messages: Int64) async throws {
        try await withDamage { story, whole async throws in
            var log = story.log
            let start = log.end
            let run = story.next(.repair)
            try log.append(run, departments: [department(1, "All"), department(2, "Two")], users: corp)
            let intake = story.world.intake()
            try await intake.readAnew(story.log)
            try await intake.read(log, from: start, upTo: start + messages, by: 1)
            try await story.world.intake().readAnew(log, by: 1)
            #expect(try await images(story) == whole)
            let finished = try #require(try await story.world.finished(story.source).last)
            #expect(finished.counts.users == RunCounts.Objects(seen: 5, updated: 4, unchanged: 1))
        }
    }

    @Test("a dry repair tells how much is damaged, and mends nothing")
    func dry() async throws {
        try await withDamage { story, whole async throws in
            let dry = try await run(&story, .repair, isDryRun: true)
            #expect(dry?.counts.users == RunCounts.Objects(seen: 5, updated: 4, unchanged: 1))
            #expect(try await images(story) != whole)
        }
    }

    @Test("no page counts as unchanged in a repair")
    func pages() async throws {
        try await Story.with { story in
            let page = Page(department: 1, people: corp)
            let (first, second) = (story.next(), story.next(.repair))
            try await story.play { log in
                try log.append(first, travelling: [page])
                try log.append(second, travelling: [], unchanged: [page])
            }
            #expect(try await story.end(of: second)?.outcome == .partial)
        }
    }
}
