import SuiteTesting
import Testing

/// Whatever WeCom answers, nobody is removed by an error, and the next run heals (architecture.md §4,
/// invariant 5).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct WeComFaultTests {
    private static let people = Proof.size(1_000, small: 200)

    /// A fault, and how the run that meets it ends.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let order: JSON
        /// Outcomes that are honest about it.
        let outcomes: Set<String>
    }

    static let faults = [
        Fault(
            testDescription: "an empty department list",
            order: ["path": "department/list", "kind": "empty", "times": 1],
            outcomes: ["partial", "failed"]
        ),
        Fault(
            testDescription: "a truncated page that stays truncated",
            order: ["path": "user/list", "departmentID": 5, "kind": "truncate"],
            outcomes: ["partial", "failed"]
        ),
        Fault(
            testDescription: "HTTP 502 once",
            order: ["path": "user/list", "kind": "http", "status": 502, "times": 1],
            outcomes: ["succeeded"]
        ),
        Fault(
            testDescription: "HTTP 502 for ever",
            order: ["path": "user/list", "departmentID": 7, "kind": "http", "status": 502],
            outcomes: ["partial", "failed"]
        ),
        Fault(
            testDescription: "45009 for three seconds",
            order: ["path": "user/list", "kind": "errcode", "code": 45_009, "forSeconds": 3],
            outcomes: ["succeeded"]
        ),
        Fault(
            testDescription: "a department that the app may not see any more",
            order: ["path": "user/list", "departmentID": 9, "kind": "errcode", "code": 60_011],
            outcomes: ["partial"]
        ),
        Fault(
            testDescription: "empty pages of people",
            order: ["path": "user/list", "departmentID": 3, "kind": "garbage"],
            outcomes: ["partial", "failed"]
        ),
    ]

    @Test("no fault removes anybody; the run says what happened; the next one heals")
    func faults() async throws {
        try await withJudgedSuite("faults") { suite in
            let connected = try await suite.connect("faulty", users: Self.people, departments: 40)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            for fault in Self.faults { try await meet(fault, connected, in: suite) }
        }
    }

    private func meet(_ fault: Fault, _ connected: ConnectedTenant, in suite: Suite) async throws {
        try await suite.simulator.order(fault.order)
        let hit = try await suite.synchronize(connected)
        try await suite.simulator.clearFaults()
        #expect(
            fault.outcomes.contains(hit.outcome ?? ""),
            "\(fault.testDescription): \(hit.outcome ?? "-") \(hit.reasons)"
        )
        #expect(hit.counts.users.removed == 0, "\(fault.testDescription)")
        if hit.outcome != "succeeded" { #expect(!hit.reasons.isEmpty, "\(fault.testDescription) tells no reason") }
        let people = try await suite.directory.users(of: connected.provider)
        #expect(people.count == Self.people && people.allSatisfy { $0.state == "active" }, "\(fault.testDescription)")

        _ = try await suite.simulator.change(connected.corp, update: 5, seed: hit.counts.users.seen)
        let healed = try await suite.synchronize(connected)
        #expect(healed.outcome == "succeeded", "after \(fault.testDescription): \(healed.reasons)")
        #expect(try await suite.differences(of: connected).map(\.description) == [], "after \(fault.testDescription)")
    }

    @Test("tokens that end in the middle of a run are renewed")
    func expiringTokens() async throws {
        try await withJudgedSuite("tokens") { suite in
            let connected = try await suite.connect("expiring", users: Proof.size(3_000, small: 600), departments: 200)
            try await suite.simulator.order(["path": "user/list", "kind": "delay", "seconds": 0.02])
            let run = try await suite.registry.startRun(of: connected.provider)
            _ = try await waitFor("the middle of the run", every: .milliseconds(20)) {
                try await suite.registry.run(run.id).progress.departmentsRead > 20 ? true : nil
            }
            try await suite.simulator.expireTokens(of: connected.corp)
            let ended = try await suite.registry.waitForEnd(of: run)
            #expect(ended.outcome == "succeeded", "\(ended.reasons)")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
        }
    }
}
