import Postgres
import SuiteTesting
import Testing

/// Tenants never mix (architecture.md §4, invariant 6).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct TenantIsolationTests {
    @Test("two corps with equal user ids and department ids, synchronised at once, do not mix")
    func equalIDs() async throws {
        let people = Proof.size(1_500, small: 450)
        try await withJudgedSuite("isolation") { suite in
            let one = try await suite.connect("one", users: people, departments: 50, seed: 4)
            let other = try await suite.connect("other", users: people, departments: 50, seed: 4)
            _ = try await suite.simulator.change(other.corp, update: people / 4, remove: people / 15, seed: 11)
            async let first = suite.synchronize(one)
            async let second = suite.synchronize(other)
            let outcomes = try await [first.outcome, second.outcome]
            #expect(outcomes == ["succeeded", "succeeded"])
            #expect(try await suite.differences(of: one).map(\.description) == [])
            #expect(try await suite.differences(of: other).map(\.description) == [])

            let ids = Set(try await suite.directory.users(of: one.provider).map(\.id))
            #expect(ids.isDisjoint(with: try await suite.directory.users(of: other.provider).map(\.id)))
            let theirs = try await suite.count(
                """
                select count(*) from directory.users u join directory.sources s using (idp_id)
                where u.tenant_id <> s.tenant_id
                """
            )
            #expect(theirs == 0)
        }
    }
}
