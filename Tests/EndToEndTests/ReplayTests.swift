import Messages
import Postgres
import SuiteTesting
import Testing

/// Reading every topic again changes nothing (architecture.md §4, invariants 1 and 2).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct ReplayTests {
    private static let people = Proof.size(2_000, small: 500)
    private static let readers: [Suite.Service] = [.registry, .fetcher, .mapper, .writer, .verifier]

    @Test("every group set back to the beginning ends with the same directory, principals and registry")
    func replay() async throws {
        try await withJudgedSuite("replay") { suite in
            let connected = try await severalRuns(in: suite)
            let before = try await state(of: suite)
            for service in Self.readers { suite[service].stop() }
            try await suite.resetGroups()
            _ = try await suite.query("delete from directory.partition_offsets")
            for service in Self.readers { try suite[service].start() }
            for service in Self.readers { try await suite.waitUntilReady(service) }
            try await suite.waitUntilAllIsRead()
            #expect(try await state(of: suite) == before)
            #expect(try await suite.differences(of: connected).map(\.description) == [])
        }
    }

    @Test("an emptied directory is the same again once its records are read again")
    func rebuild() async throws {
        try await withJudgedSuite("rebuild") { suite in
            let connected = try await severalRuns(in: suite)
            let before = try await rows(suite, Self.directoryTables)
            suite[.writer].stop()
            _ = try await suite.query(
                """
                truncate directory.partition_offsets, directory.sources, directory.runs, directory.departments,
                    directory.users, directory.memberships, directory.pages, directory.outbox
                """
            )
            try suite[.writer].start()
            try await suite.waitUntilReady(.writer)
            try await suite.waitUntilAllIsRead()
            #expect(try await rows(suite, Self.directoryTables) == before)
            #expect(try await suite.differences(of: connected).map(\.description) == [])
        }
    }

    private func severalRuns(in suite: Suite) async throws -> ConnectedTenant {
        let connected = try await suite.connect("replayed", users: Self.people, departments: 60)
        #expect(try await suite.synchronize(connected).outcome == "succeeded")
        _ = try await suite.simulator.change(connected.corp, update: 50, remove: 20, add: 10, move: 15)
        #expect(try await suite.synchronize(connected).outcome == "succeeded")
        #expect(try await suite.synchronize(connected).counts.users.unchanged == Self.people - 10)
        try await suite.waitUntilAllIsRead()
        return connected
    }

    private static let directoryTables = [
        "directory.users", "directory.departments", "directory.memberships", "directory.pages",
    ]
    private static let tables =
        directoryTables + [
            "verifier.principals", "verifier.projection", "registry.tenants", "registry.identity_providers",
            "registry.revisions", "registry.runs",
        ]

    private func state(of suite: Suite) async throws -> [String: [String]] {
        try await rows(suite, Self.tables)
    }

    private func rows(_ suite: Suite, _ tables: [String]) async throws -> [String: [String]] {
        var state: [String: [String]] = [:]
        for table in tables {
            let parts = table.split(separator: ".").map(String.init)
            state[table] = try await suite.query(
                "select row_to_json(t)::text as line from \(identifier: parts[0], parts[1]) t order by line"
            ).map { try $0.decode(String.self) }
        }
        return state
    }
}
