import SuiteTesting
import Testing

/// What is seen before it is done is what is done (architecture.md §3.6).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct PlannedRunTests {
    @Test("a dry run plans, its plan is carried out as it is, and not at all once WeCom says otherwise")
    func plans() async throws {
        try await withJudgedSuite("planned") { suite in
            // Synchronised by hand alone, so that what WeCom tells of changes is not faster than what is planned.
            let corp = try await suite.simulator.makeCorp(users: 200, departments: 12)
            let connected = try await suite.registry.connect("planned", toOwnAppOf: corp)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            func plan() async throws -> Registry.Run {
                let run = try await suite.registry.startRun(of: connected.provider, ["dryRun": true])
                return try await suite.registry.waitForEnd(of: run)
            }
            func apply(_ plan: Registry.Run) async throws -> Registry.Run {
                try await suite.registry.waitForEnd(of: try await suite.registry.apply(plan))
            }

            let changes = try await suite.simulator.change(connected.corp, update: 10, remove: 4, add: 5, move: 5)
            let before = try await suite.directory.users(of: connected.provider).map(\.externalID).sorted()
            let planned = try await plan()
            #expect(planned.outcome == "succeeded", "\(planned.reasons)")
            let figures = try await suite.directory.plan(of: planned)
            #expect(figures.state == "ready")
            #expect(figures.users["removed"] == changes.removed.count)
            #expect(figures.users["created"] == changes.added.count)
            let objects = try await suite.directory.plannedObjects(of: planned)
            #expect(Set(changes.removed + changes.added).isSubset(of: objects.map(\.externalID)))
            #expect(try await suite.directory.users(of: connected.provider).map(\.externalID).sorted() == before)

            let carriedOut = try await apply(planned)
            #expect(carriedOut.outcome == "succeeded", "\(carriedOut.reasons)")
            #expect(carriedOut.counts == planned.counts)
            #expect(try await suite.directory.plan(of: planned).state == "carriedOut")
            #expect(try await suite.differences(of: connected).map(\.description) == [])

            _ = try await suite.simulator.change(connected.corp, update: 1, remove: 0, add: 1, move: 0)
            let late = try await plan()
            let other = try await suite.simulator.change(connected.corp, update: 0, remove: 0, add: 1, move: 0)
            let refused = try await apply(late)
            #expect(refused.outcome == "failed")
            #expect(refused.reasons.last == "Nothing was changed.")
            #expect(try await suite.directory.planDifferences(of: refused).map(\.externalID) == other.added)
            #expect(try await apply(refused).outcome == "succeeded")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
        }
    }
}
