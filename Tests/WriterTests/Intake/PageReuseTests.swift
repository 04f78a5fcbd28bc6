import Kafka
import Messages
import Pipeline
import Postgres
import Synchronization
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct PageReuseTests {
    let first = Page(department: 1, people: [person("ann", name: "Ann"), person("bob")])
    let second = Page(department: 2, people: [person("bob"), person("cid")])

    @Test("a run of pages that are as they were sees everybody and writes nobody")
    func unchanged() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source), travelling: [first, second])
            let middle = log.end
            try log.append(RunLog.Run(source: source, epoch: 2), travelling: [], unchanged: [first, second])
            let intake = try await world.assignedIntake()
            try await intake.read(log, upTo: middle)
            let tables = ["users", "departments", "memberships", "pages"]
            let before = try await world.rows(of: tables)
            try await intake.read(log, from: middle)
            #expect(try await world.rows(of: tables) == before)
            let finished = try #require(try await world.finished(source).last)
            #expect(finished.outcome == .succeeded, "\(finished.reasons)")
            #expect(finished.counts.users == RunCounts.Objects(seen: 3, unchanged: 3))
        }
    }

    @Test("pages that travel and pages that do not make one run; who is in none of them is removed")
    func mixed() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source), travelling: [first, second])
            let changed = Page(department: 2, people: [person("bob"), person("dot")])
            let second = RunLog.Run(source: source, epoch: 2)
            try log.append(second, travelling: [changed], unchanged: [first], gone: [.user("cid")])
            try log.append(RunLog.Run(source: source, epoch: 3), travelling: [], unchanged: [first, changed])
            try await world.assignedIntake().read(log)
            let finished = try await world.finished(source)
            #expect(finished.map(\.outcome) == [.succeeded, .succeeded, .succeeded], "\(finished.map(\.reasons))")
            #expect(
                finished[1].counts.users == RunCounts.Objects(seen: 3, created: 1, unchanged: 2, removed: 1)
            )
            #expect(finished[2].counts.users == RunCounts.Objects(seen: 3, unchanged: 3))
            #expect(try await world.users(of: source).filter(\.value.isRemoved).map(\.key) == ["cid"])
        }
    }

    @Test("a page that is not proven removes nobody, is forgotten, and the next run heals", arguments: Damage.allCases)
    func unproven(damage: Damage) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source), travelling: [first, second])
            let damagedAt = log.end
            let remaining = Page(department: 2, people: [person("bob")])
            try log.append(
                RunLog.Run(source: source, epoch: 2),
                travelling: [remaining],
                unchanged: [first],
                mapping: damage == .otherMapping ? .zero : Page.mapping
            )
            let healedAt = log.end
            let third = RunLog.Run(source: source, epoch: 3)
            try log.append(third, travelling: [first, remaining], gone: [.user("cid")])
            let intake = try await world.assignedIntake()
            try await intake.read(log, upTo: damagedAt)
            try await damage.inflict(on: source, in: world)
            try await intake.read(log, from: damagedAt, upTo: healedAt)
            let partial = try #require(try await world.finished(source).last)
            #expect(partial.outcome == .partial)
            #expect(
                partial.reasons.first
                    == "1 pages that WeCom had not changed could not be proven to be in the directory."
            )
            #expect(partial.counts.users.removed == 0)
            #expect(partial.counts.users.unknown == (damage == .lostPerson || damage == .removedPerson ? 1 : 2))
            #expect(try await world.asked(source).isEmpty)
            let removed = try await world.users(of: source).filter(\.value.isRemoved).map(\.key)
            #expect(removed == (damage == .removedPerson ? ["ann"] : []))
            #expect(try await world.pages(of: source) == ["2.0"])
            try await intake.read(log, from: healedAt)
            let healed = try #require(try await world.finished(source).last)
            #expect(healed.outcome == .succeeded, "\(healed.reasons)")
            #expect(try await world.users(of: source).filter(\.value.isRemoved).map(\.key) == ["cid"])
            #expect(try await world.users(of: source)["ann"]?.name == "Ann")
            #expect(try await world.pages(of: source) == ["1.0", "2.0"])
        }
    }

    /// What may have happened to a directory behind the writer's back.
    enum Damage: CaseIterable {
        case lostPage, otherDigest, otherContent, changedPerson, lostPerson, removedPerson, otherMapping

        func inflict(on source: Source, in world: WriterWorld) async throws {
            let id = source.id.uuid
            switch self {
            case .lostPage:
                try await world.database.run(
                    "delete from directory.pages where idp_id = \(id) and department_id = 1"
                )
            case .otherDigest:
                try await world.database.run(
                    "update directory.pages set digest = \(ContentDigest.zero.bytes) where department_id = 1"
                )
            case .otherContent:
                try await world.database.run(
                    "update directory.pages set content = \(ContentDigest.zero.bytes) where department_id = 1"
                )
            case .changedPerson:
                try await world.database.run(
                    """
                    update directory.users set display_name = 'X', content_hash = \(ContentDigest.zero.bytes)
                    where directory_key = 'ann'
                    """
                )
            case .lostPerson:
                try await world.database.run("delete from directory.memberships where directory_key = 'ann'")
                try await world.database.run("delete from directory.users where directory_key = 'ann'")
            case .removedPerson:
                try await world.database.run(
                    "update directory.users set removed_at = now() where directory_key = 'ann'"
                )
            case .otherMapping: break
            }
        }
    }

    @Test("a writer that goes on after a crash, wherever it came, ends the same", arguments: 1...18)
    func crash(at offset: Int64) async throws {
        let log = try Self.eventful
        let expected = try await Self.outcome(of: log, crashingAt: nil)
        #expect(try await Self.outcome(of: log, crashingAt: offset) == expected)
        #expect(expected.outcomes == [.succeeded, .partial, .succeeded])
        #expect(expected.counts[1] == RunCounts.Objects(seen: 4, created: 1, updated: 1, unchanged: 2, unknown: 1))
    }

    private static let source = Source()

    /// A run of whole pages; one whose first page is proven before a later page changes one of its people, and
    /// whose third is not proven; and a whole one again.
    private static var eventful: RunLog {
        get throws {
            let pages = [
                Page(department: 1, people: [person("ann"), person("bob")]),
                Page(department: 2, people: [person("cid")]),
                Page(department: 3, people: [person("dot", departments: [3])]),
            ]
            let changed = Page(department: 2, people: [person("ann", name: "Anna"), person("cid"), person("eve")])
            let never = Page(department: 3, people: [person("dot", name: "Dorothy", departments: [3])])
            var log = RunLog()
            try log.append(run(1), travelling: pages)
            let second = run(2)
            try log.start(second)
            try log.append(DepartmentBatch(page: 1, departments: [1, 2, 3].map { department($0) }), of: second)
            let unchanged = UnchangedPages(
                page: 2,
                pages: [pages[0].unchanged, never.unchanged],
                mapping: Page.mapping
            )
            try log.append(unchanged, of: second)
            try log.append(changed.batch(3), of: second)
            // A mapper that was started again hands on once more what it handed on before.
            try log.append(unchanged, of: second)
            let said = manifest([1, 2, 3], ["ann", "bob", "cid", "dot", "eve"], pages: 3)
            try log.append(RunMapped(manifest: said), of: second)
            let remaining = [Page(department: 1, people: [person("bob")]), changed]
            try log.append(run(3), travelling: remaining, gone: [.department(3), .user("dot")])
            return log
        }
    }

    private static func run(_ epoch: Int64) -> RunLog.Run {
        RunLog.Run(source: source, id: RunID("01900000-0000-7000-8000-00000000000\(epoch)")!, epoch: epoch)
    }

    private struct Outcome: Equatable {
        var content: [String]
        var outcomes: [RunOutcome]
        var counts: [RunCounts.Objects]
    }

    private static func outcome(of log: RunLog, crashingAt offset: Int64?) async throws -> Outcome {
        let outcome = Mutex<Outcome?>(nil)
        try await WriterWorld.with { world in
            if let offset { try await world.assignedIntake().read(log, upTo: min(offset, log.end), by: 1) }
            try await world.intake().readAnew(log)
            let finished = try await world.finished(source)
            let found = Outcome(
                content: try await world.content() + world.rowTexts("pages"),
                outcomes: finished.map(\.outcome),
                counts: finished.map(\.counts.users)
            )
            outcome.withLock { $0 = found }
        }
        let found = outcome.withLock { $0 }
        return try #require(found)
    }

    @Test("a transaction that fails leaves the pages as they were, and the next attempt proves them")
    func failure() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(RunLog.Run(source: source), travelling: [first, second])
            let middle = log.end
            let changed = Page(department: 2, people: [person("bob"), person("dot")])
            let run = RunLog.Run(source: source, epoch: 2)
            try log.append(run, travelling: [changed], unchanged: [first], gone: [.user("cid")])
            let intake = try await world.assignedIntake()
            try await intake.read(log, upTo: middle)
            let before = try await world.rowTexts("pages")
            try await world.database.run("alter table directory.outbox add constraint none check (false) not valid")
            await #expect(throws: (any Error).self) { try await intake.read(log, from: middle) }
            #expect(try await world.rowTexts("pages") == before)
            try await world.database.run("alter table directory.outbox drop constraint none")
            try await intake.read(log, from: middle)
            let finished = try #require(try await world.finished(source).last)
            #expect(finished.outcome == .succeeded, "\(finished.reasons)")
            #expect(finished.counts.users == RunCounts.Objects(seen: 3, created: 1, unchanged: 2, removed: 1))
        }
    }

    @Test("what a holder could not prove stays with the run, unless the next one sends it whole")
    func handOver() async throws {
        for sendsWhole in [false, true] {
            try await WriterWorld.with { world in
                let source = Source()
                let run = RunLog.Run(source: source)
                var next = run
                next.fence = 2
                var log = RunLog()
                try log.start(run)
                try log.append(DepartmentBatch(page: 1, departments: [department(1), department(2)]), of: run)
                try log.append(UnchangedPages(page: 2, pages: [first.unchanged], mapping: Page.mapping), of: run)
                try log.start(next)
                try log.append(DepartmentBatch(page: 1, departments: [department(1), department(2)]), of: next)
                try log.append(second.batch(2), of: next)
                let whole = sendsWhole ? first : Page(department: 3, people: first.people)
                try log.append(whole.batch(3), of: next)
                let said = manifest([1, 2], ["ann", "bob", "cid"], pages: 3)
                try log.append(RunMapped(manifest: said), of: next)
                try await world.assignedIntake().read(log)
                let outcome = try await world.finished(source).last?.outcome
                #expect(outcome == (sendsWhole ? .succeeded : .partial))
            }
        }
    }

    @Test("a page with a record that could not be mapped, one without an origin and one of a dry run are not kept")
    func notKept() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            let run = RunLog.Run(source: source)
            try log.start(run)
            var rejecting = first.batch(1)
            rejecting.rejected = [RejectedRecord(externalID: "eve", reason: "no")]
            try log.append(rejecting, of: run)
            try log.append(UserBatch(page: 2, users: second.people), of: run)
            let dry = RunLog.Run(source: source, epoch: 2, isDryRun: true)
            try log.append(dry, travelling: [first, second])
            try await world.assignedIntake().read(log)
            #expect(try await world.pages(of: source).isEmpty)
        }
    }

    @Test("pages go with their departments, and all of them with the identity provider")
    func forgotten() async throws {
        try await WriterWorld.with { world in
            let (source, other) = (Source(), Source())
            var log = RunLog()
            try log.append(RunLog.Run(source: source), travelling: [first, second])
            try log.append(RunLog.Run(source: other), travelling: [first, second])
            let second = RunLog.Run(source: source, epoch: 2)
            let gone = [DirectoryObject.department(2), .user("cid")]
            try log.append(second, travelling: [], unchanged: [first], gone: gone)
            let intake = try await world.assignedIntake()
            try await intake.read(log)
            #expect(try await world.pages(of: source) == ["1.0"])
            #expect(try await world.pages(of: other) == ["1.0", "2.0"])
            let start = log.end
            try log.append(deletion: RunLog.Run(source: source, epoch: 3))
            try await intake.read(log, from: start)
            #expect(try await world.pages(of: source).isEmpty)
            #expect(try await world.pages(of: other) == ["1.0", "2.0"])
        }
    }
}

extension WriterWorld {
    /// The pages that are kept: department and part.
    func pages(of source: Source) async throws -> [String] {
        try await strings(
            "select department_id || '.' || part from directory.pages where idp_id = \(source.id.uuid) order by 1"
        )
    }

    /// A table's content without regard to how and when it was written.
    func rowTexts(_ table: String) async throws -> [String] {
        let name: SQL = "directory.\(identifier: table)"
        return try await strings("select row_to_json(t)::text from " + name + " t order by 1")
    }
}
