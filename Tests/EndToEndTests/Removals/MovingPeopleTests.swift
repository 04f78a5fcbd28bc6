import SuiteTesting
import Testing

/// Whoever moves while a run reads is in the directory afterwards (architecture.md §3.5).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct MovingPeopleTests {
    private static let people = Proof.size(300, small: 120)
    private static let departments = Proof.size(10, small: 6)
    /// People who move at once: as many as WeCom is asked for, by the limits.
    private static let atOnce = 30

    /// One department after another, so that each move falls between two known calls.
    private static let variables = ["FETCHER_CONCURRENT_CALLS": "1", "WECOM_RETRY_SECONDS": "0.2"]

    @Test("people move from each department to each other one, at each point of a reading, and nobody is disabled")
    func moves() async throws {
        try await withJudgedSuite("moves", variables: Self.variables) { suite in
            let connected = try await suite.connect("moving", users: Self.people, departments: Self.departments)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            var asked = 0
            for point in 0...Self.departments {
                for moves in try await moves(of: connected, in: suite) {
                    try await suite.simulator.order(
                        [
                            "path": "user/list", "kind": "change", "afterCalls": .integer(point),
                            "change": ["moveUsers": .object(moves)],
                        ],
                        for: connected.corp
                    )
                    let run = try await suite.synchronize(connected)
                    try await suite.simulator.clearFaults()
                    asked += run.counts.users.missing
                    #expect(run.outcome == "succeeded", "at call \(point): \(run.reasons)")
                    #expect(run.counts.users.removed == 0 && run.counts.users.held == 0, "at call \(point)")
                    #expect(run.counts.users.addUp, "\(run.counts.users)")
                    let people = try await suite.directory.users(of: connected.provider)
                    #expect(
                        people.allSatisfy { $0.state == "active" && $0.enabled == ($0.status == 1 || $0.status == 4) }
                    )
                }
            }
            #expect(asked > 0, "no move fell into a reading")
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
        }
    }

    /// For each pair of departments somebody who is in the first alone, to go to the second; so many at once.
    private func moves(of connected: ConnectedTenant, in suite: Suite) async throws -> [[String: JSON]] {
        let truth = try await suite.simulator.truth(of: connected.corp, agentID: connected.agentID)
        var rest = Dictionary(grouping: truth.users.filter { $0.department.count == 1 }) { $0.department[0] }
        var moves: [(user: String, to: Int)] = []
        let ids = truth.departments.map(\.id)
        for from in ids {
            for to in ids where to != from {
                guard let user = rest[from]?.popLast() else { continue }
                moves.append((user.userid, to))
            }
        }
        return stride(from: 0, to: moves.count, by: Self.atOnce).map { start in
            let part = moves[start..<min(start + Self.atOnce, moves.count)]
            return Dictionary(part.map { ($0.user, [.integer($0.to)]) }) { $1 }
        }
    }

    @Test("empty and short answers at each point of a reading, and dropped ones, remove nobody, and the next run heals")
    func shortAnswers() async throws {
        try await withJudgedSuite("short", variables: Self.variables) { suite in
            let connected = try await suite.connect("short", users: 120, departments: 6)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            // Dropped answers are asked for again and again, which takes its time.
            let points = ["empty": 0..<6, "short": 0..<6, "truncate": 0..<1, "disconnect": 3..<4, "garbage": 5..<6]
            for (kind, points) in points.sorted(by: { $0.key < $1.key }) {
                for point in points {
                    // A page that is as before need not be read again; one with a change is.
                    _ = try await suite.simulator.change(connected.corp, update: 3, seed: point + 1)
                    try await suite.simulator.order(
                        ["path": "user/list", "kind": .string(kind), "afterCalls": .integer(point), "times": 20],
                        for: connected.corp
                    )
                    let hit = try await suite.synchronize(connected)
                    try await suite.simulator.clearFaults()
                    #expect(hit.counts.users.removed == 0 && hit.counts.users.held == 0, "\(kind) at call \(point)")
                    #expect(
                        ["partial", "failed"].contains(hit.outcome ?? ""),
                        "\(kind) at call \(point): \(hit.reasons)"
                    )
                    let people = try await suite.directory.users(of: connected.provider)
                    #expect(
                        people.count == 120 && people.allSatisfy { $0.state == "active" },
                        "\(kind) at call \(point)"
                    )
                    let healed = try await suite.synchronize(connected)
                    #expect(healed.outcome == "succeeded", "after \(kind) at call \(point): \(healed.reasons)")
                }
            }
            #expect(try await suite.differences(of: connected).map(\.description) == [])
        }
    }
}
