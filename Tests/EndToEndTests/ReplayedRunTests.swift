import Postgres
import SuiteTesting
import Testing

/// What `bridgectl replay` and the registry tell again is never an older state.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct ReplayedRunTests {
    private static let topics = ["wecom.records.v1", "directory.records.v1"]

    @Test("replays beside live runs end with what WeCom shows, mend damaged rows, and no older state is ever seen")
    func history() async throws {
        try await withJudgedSuite("replays") { suite in
            let connected = try await suite.connect("replays", users: 120, departments: 8)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            let seen = try await watching(suite, connected) {
                for step in 0..<3 {
                    _ = try await suite.simulator.change(
                        connected.corp,
                        update: 5,
                        remove: 1,
                        add: 2,
                        move: 3,
                        seed: step
                    )
                    async let replayed: Void = suite.replay(connected, from: Self.topics[step % 2])
                    let run = try await suite.synchronize(connected)
                    #expect(run.outcome == "succeeded", "\(run.reasons)")
                    try await replayed
                    try await suite.replay(connected, from: Self.topics[(step + 1) % 2])
                    #expect(try await suite.differences(of: connected).map(\.description) == [])
                }
            }
            #expect(seen == seen.sorted() && Set(seen).count > 6, "epochs \(seen)")
            try await expectMended(suite, connected) { try await suite.replay(connected, from: Self.topics[0]) }
            try await expectMended(suite, connected) {
                let run = try await suite.registry.replay(connected.provider, key: "the-same-request")
                let same = try await suite.registry.replay(connected.provider, key: "the-same-request")
                #expect(run.id == same.id)
                #expect(try await suite.registry.waitForEnd(of: run).outcome == "succeeded")
            }
            try await expectRemapped(suite, connected)
            try await suite.waitForPrincipals(of: connected)
        }
    }

    /// A row that somebody has changed by hand is told again as WeCom said it last.
    private func expectMended(
        _ suite: Suite,
        _ connected: ConnectedTenant,
        by replay: () async throws -> Void
    ) async throws {
        try await suite.damageDirectory(of: connected)
        try await replay()
        #expect(try await suite.differences(of: connected).map(\.description) == [])
    }

    /// By other rules a replay makes of what WeCom said what reading WeCom anew does.
    private func expectRemapped(_ suite: Suite, _ connected: ConnectedTenant) async throws {
        try await suite.registry.change(
            connected.provider,
            [
                "mapping": [
                    ["target": "username", "kind": "direct", "source": "userid"],
                    ["target": "displayName", "kind": "expression", "expression": "concat(userid, \" \", name)"],
                    ["target": "title", "kind": "constant", "value": "new"],
                ]
            ]
        )
        try await suite.replay(connected, from: Self.topics[0])
        let mapped = try await suite.query(
            """
            select count(*) filter (where display_name like external_id || ' %' and title = 'new'
                and coalesce(email, '') = ''), count(*)
            from directory.users where idp_id = \(connected.provider.id)::uuid and removed_at is null
            """
        )[0].decode(Int.self, Int.self)
        #expect(mapped.0 == mapped.1 && mapped.1 > 100)
        let run = try await suite.synchronize(connected)
        #expect(run.outcome == "succeeded", "\(run.reasons)")
        #expect(run.counts.users.updated == 0 && run.counts.users.unchanged == mapped.1)
    }

    /// Polls the identity provider's position while `body` runs.
    private func watching(
        _ suite: Suite,
        _ connected: ConnectedTenant,
        _ body: () async throws -> Void
    ) async throws -> [Int64] {
        let watch = Task {
            var seen: [Int64] = []
            do {
                while true {
                    let rows = try await suite.query(
                        "select epoch * 1000 + fence from directory.sources where idp_id = \(connected.provider.id)::uuid"
                    )
                    seen += try rows.map { try $0.decode(Int64.self) }
                    try await Task.sleep(for: .milliseconds(20))
                }
            } catch is CancellationError {
                return seen
            }
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        watch.cancel()
        let seen = try await watch.value
        try result.get()
        return seen
    }
}
