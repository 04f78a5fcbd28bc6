import Foundation
import Postgres
import SuiteTesting
import Testing

/// All instances together keep WeCom's limits (architecture.md §3.1, `wecom.md` §6).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct BudgetTests {
    /// Calls of one interface in a clock minute.
    private static let limit = 50
    /// Each run asks for the people of so many departments: three runs need more than a minute's calls.
    private static let departments = 30

    /// Whose calls are counted together.
    enum Subject: String, CaseIterable {
        case corp, address
    }

    @Test("three instances, a run each, make no more calls in a minute than one enterprise, or one address, may")
    func shared() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for subject in Subject.allCases { group.addTask { try await self.run(limiting: subject) } }
            try await group.waitForAll()
        }
    }

    private func run(limiting subject: Subject) async throws {
        let variables = [
            "FETCHER_\(subject.rawValue.uppercased())_CALLS_PER_MINUTE": "\(Self.limit)",
            "FETCHER_CONCURRENT_RUNS": "1",
        ]
        try await withJudgedSuite("budget", variables: variables) { suite in
            for _ in 1...2 {
                let copy = try suite.makeCopy(of: .fetcher)
                try copy.start()
                try await copy.waitUntilReady()
            }
            var tenants: [ConnectedTenant] = []
            var corp = try await suite.simulator.makeCorp(users: 200, departments: Self.departments)
            for number in 1...3 {
                if subject == .address, number > 1 {
                    corp = try await suite.simulator.makeCorp(users: 200, departments: Self.departments)
                }
                tenants.append(try await suite.registry.connect("budget\(number)", toOwnAppOf: corp))
            }
            // Long enough for each instance to have one under way.
            try await suite.simulator.order(["path": "user/list", "kind": "delay", "seconds": 0.5])
            var runs: [Registry.Run] = []
            for tenant in tenants { runs.append(try await suite.registry.startRun(of: tenant.provider)) }
            _ = try await waitFor("each instance to have a run", every: .milliseconds(20)) {
                try await suite.count("select count(distinct owner) from fetcher.leases") == 3 ? true : nil
            }
            let made = try await callsByMinute(until: runs, in: suite)
            print("calls by minute, limited by \(subject): \(made)")
            #expect(made.last ?? 0 >= 3 * Self.departments)
            for (minute, calls) in made.enumerated() { #expect(calls <= (minute + 1) * Self.limit) }
            for run in runs {
                let ended = try await suite.registry.run(run.id)
                #expect(ended.outcome == "succeeded", "\(ended.reasons)")
            }
        }
    }

    /// How many calls for people WeCom has counted by the end of each clock minute, until the runs are over.
    private func callsByMinute(until runs: [Registry.Run], in suite: Suite) async throws -> [Int] {
        var made: [Int: Int] = [:]
        let deadline = ContinuousClock.now + .seconds(400)
        while try await !areOver(runs, in: suite) {
            guard ContinuousClock.now < deadline else {
                throw SuiteFailure(what: "the runs do not end", log: "\(made)")
            }
            let calls = try await suite.simulator.calls(of: "user/list")
            // What was counted before the clock is read was made in this minute, or earlier.
            made[Int(Date.now.timeIntervalSince1970 / 60), default: 0] = calls
            try await Task.sleep(for: .milliseconds(50))
        }
        return made.sorted { $0.key < $1.key }.map(\.value)
    }

    private func areOver(_ runs: [Registry.Run], in suite: Suite) async throws -> Bool {
        for run in runs {
            guard try await suite.registry.run(run.id).state == "finished" else { return false }
        }
        return true
    }
}
