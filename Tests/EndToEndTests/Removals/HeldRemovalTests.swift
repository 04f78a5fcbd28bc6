import SuiteTesting
import Testing

/// What exceeds a limit waits for somebody's decision, and holds up nothing else (architecture.md §3.6).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct HeldRemovalTests {
    @Test("30% of the people gone are held; updates and others' removals go on; approval takes those still gone")
    func approval() async throws {
        try await withJudgedSuite("approval") { suite in
            let connected = try await suite.connect("approved", users: 200, departments: 8)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            let gone = try await suite.simulator.change(connected.corp, remove: 60, seed: 3).removed
            let held = try await suite.synchronize(connected)
            #expect(held.outcome == "held", "\(held.reasons)")
            #expect(held.counts.users.held == 60 && held.counts.users.removed == 0 && held.counts.users.addUp)
            #expect(try await suite.removed(of: connected).isEmpty)
            #expect(try await suite.held(of: connected) == Set(gone.map { $0.lowercased() }))

            let changes = try await suite.simulator.change(connected.corp, update: 10, remove: 3, seed: 4)
            let next = try await suite.synchronize(connected)
            #expect(next.outcome == "held", "\(next.reasons)")
            #expect(next.counts.users.updated == 10 && next.counts.users.removed == 3 && next.counts.users.addUp)
            #expect(try await suite.removed(of: connected) == Set(changes.removed.map { $0.lowercased() }))

            // Two of them come back before somebody agrees.
            for user in gone.prefix(2) {
                try await suite.simulator.put(user: user, ["name": "回来", "department": [1]], in: connected.corp)
            }
            let approved = try await suite.registry.waitForEnd(of: suite.registry.approve(next))
            #expect(approved.counts.users.removed == 58, "\(approved.outcome ?? "-") \(approved.reasons)")
            let after = try await suite.synchronize(connected)
            #expect(after.outcome == "succeeded", "\(after.reasons)")
            #expect(try await suite.removed(of: connected).count == 61)
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            #expect(try await suite.directory.missing(of: connected.provider).isEmpty)
        }
    }

    @Test("who is rejected stays, and is not asked for again; some can be chosen")
    func rejection() async throws {
        try await withJudgedSuite("rejection") { suite in
            let connected = try await suite.connect("rejected", users: 60, departments: 5)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            let gone = try await suite.simulator.change(connected.corp, remove: 20, seed: 3).removed
            let held = try await suite.synchronize(connected)
            #expect(held.outcome == "held" && held.counts.users.held == 20, "\(held.reasons)")
            let chosen = Array(gone.prefix(4))
            let approved = try await suite.registry.waitForEnd(of: suite.registry.approve(held, users: chosen))
            #expect(approved.counts.users.removed == 4, "\(approved.reasons)")
            #expect(try await suite.removed(of: connected) == Set(chosen.map { $0.lowercased() }))

            let rejected = try await suite.registry.waitForEnd(of: suite.registry.reject(held))
            #expect(rejected.outcome == "succeeded" && rejected.counts.users.held == 16, "\(rejected.reasons)")
            let next = try await suite.synchronize(connected)
            #expect(next.outcome == "succeeded" && next.counts.users.held == 16, "\(next.reasons)")
            #expect(try await suite.removed(of: connected).count == 4)
            let kept = try await suite.directory.missing(of: connected.provider)
            #expect(kept.count == 16 && kept.allSatisfy { $0.state == "kept" && $0.hold == "rejected" })
        }
    }

    @Test("people disabled in WeCom beyond the limit keep access until somebody agrees, and all else is applied")
    func disabled() async throws {
        try await withJudgedSuite("status") { suite in
            let connected = try await suite.connect("status", users: 60, departments: 5)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            let truth = try await suite.simulator.truth(of: connected.corp, agentID: connected.agentID)
            let people = truth.users.filter { $0.status == 1 }.prefix(20).map(\.userid)
            for user in people {
                try await suite.simulator.put(user: user, ["status": 2, "position": "停用"], in: connected.corp)
            }
            let held = try await suite.synchronize(connected)
            #expect(held.outcome == "held", "\(held.reasons)")
            let stored = try await suite.directory.users(of: connected.provider).filter {
                people.contains($0.externalID)
            }
            #expect(stored.count { !$0.enabled } == 6 && stored.allSatisfy { $0.title == "停用" })
            let approved = try await suite.registry.waitForEnd(of: suite.registry.approve(held))
            #expect(approved.outcome == "succeeded", "\(approved.reasons)")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
        }
    }
}

extension Suite {
    /// The keys of people who are removed.
    func removed(of connected: ConnectedTenant) async throws -> Set<String> {
        Set(
            try await directory.users(of: connected.provider).filter { $0.state == "removed" }
                .map { $0.externalID.lowercased() }
        )
    }

    /// The keys of people who are held.
    func held(of connected: ConnectedTenant) async throws -> Set<String> {
        Set(try await directory.missing(of: connected.provider, "held").map { $0.externalID.lowercased() })
    }
}
