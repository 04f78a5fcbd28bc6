import Messages
import Pipeline
import Postgres
import SuiteTesting
import Testing

/// A run in which little changed costs little, and never trusts a directory that it cannot prove (architecture.md §3).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct PageReuseTests {
    private static let people = Proof.size(2_000, small: 500)
    private static let tables = ["users", "departments", "memberships"]

    @Test("pages that WeCom has not changed do not travel, and the directory stays what WeCom shows")
    func reuse() async throws {
        try await withJudgedSuite("reuse") { suite in
            let connected = try await suite.connect("reused", users: Self.people, departments: 60)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            let whole = try await suite.pages()
            #expect(whole.unchanged == 0 && whole.travelled > 0)

            let before = try await rowVersions(in: suite)
            let unchanged = try await suite.synchronize(connected)
            #expect(unchanged.outcome == "succeeded", "\(unchanged.reasons)")
            #expect(unchanged.counts.users.unchanged == Self.people)
            #expect(unchanged.counts.users.seen == Self.people)
            #expect(try await rowVersions(in: suite) == before)
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            let second = try await suite.pages()
            #expect(second.travelled == whole.travelled)
            #expect(second.unchanged == whole.travelled)

            let changes = try await suite.simulator.change(connected.corp, update: 20, remove: 10, add: 5, move: 5)
            let changed = try await suite.synchronize(connected)
            #expect(changed.outcome == "succeeded", "\(changed.reasons)")
            #expect(changed.counts.users.removed == changes.removed.count)
            #expect(changed.counts.users.created == changes.added.count)
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            let third = try await suite.pages()
            #expect(third.unchanged > second.unchanged)
            #expect((1..<whole.travelled).contains(third.travelled - second.travelled))
        }
    }

    @Test("a directory that was changed behind the writer's back is not trusted, loses nobody, and is healed")
    func damage() async throws {
        try await withJudgedSuite("damage") { suite in
            let connected = try await suite.connect("damaged", users: Self.people, departments: 60)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            for statement in [
                "delete from directory.pages where department_id % 7 = 0",
                "update directory.users set content_hash = decode(repeat('00', 16), 'hex'), display_name = 'x' "
                    + "where directory_key in (select directory_key from directory.users order by 1 limit 5)",
                "update directory.users set removed_at = now() "
                    + "where directory_key in (select directory_key from directory.users order by 1 desc limit 5)",
            ] {
                _ = try await suite.query(SQL(stringLiteral: statement))
                let hit = try await suite.synchronize(connected)
                #expect(hit.outcome == "partial", "\(statement)")
                #expect(hit.reasons.first?.contains("could not be proven") == true, "\(hit.reasons)")
                #expect(hit.counts.users.removed == 0)
                let healed = try await suite.synchronize(connected)
                #expect(healed.outcome == "succeeded", "\(healed.reasons)")
                #expect(healed.counts.users.removed == 0)
                #expect(try await suite.directory.users(of: connected.provider).allSatisfy { $0.state == "active" })
                #expect(try await suite.differences(of: connected).map(\.description) == [])
                let next = try await suite.synchronize(connected)
                #expect(next.outcome == "succeeded", "\(next.reasons)")
                #expect(next.counts.users.unchanged == Self.people)
            }
        }
    }

    /// Each row with the transaction that wrote it: equal where nothing was written in between.
    private func rowVersions(in suite: Suite) async throws -> [String] {
        var rows: [String] = []
        for table in Self.tables {
            rows += try await suite.query(
                "select t.xmin::text || row_to_json(t)::text as line from directory.\(identifier: table) t order by line"
            ).map { try $0.decode(String.self) }
        }
        return rows
    }
}

extension Suite {
    /// Pages of people that the fetcher has sent so far, and those that it did not have to send.
    fileprivate func pages() async throws -> (travelled: Int, unchanged: Int) {
        var pages = (travelled: 0, unchanged: 0)
        for message in try await messages(on: TopicCatalogue.wecomRecords) {
            switch message.envelope.type {
            case UserPage.type: pages.travelled += 1
            case UnchangedPages.type: pages.unchanged += try message.decode(UnchangedPages.self).pages.count
            default: break
            }
        }
        return pages
    }
}
