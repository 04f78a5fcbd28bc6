import Logging
import Postgres
import SuiteTesting
import Testing

@testable import Chaos

/// The watch sees in a real suite what somebody changes behind its back: its figures can be other than 0.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct WatchTests {
    @Test("rows that somebody spoils by hand are told, each by its figure, and a suite that is left alone is not")
    func spoiled() async throws {
        try await withSuite("watch", variables: ["WECOM_RETRY_SECONDS": "0.05"], starting: []) { suite in
            let field = try await Field.make(in: suite, tenants: 2, copies: 1, seed: 1)
            await Healing(field: field, logons: Counter(), inspection: nil).heal(2)
            let database = Database(url: suite.databaseURL, connections: 1, logger: quietLogger())
            let watch = Watch(field, database)
            await watch.rest(1)
            for _ in 0..<2 { try await watch.look() }
            #expect(field.breaches.breaches(of: 0).map(\.description) == [])

            let (first, second) = (field.tenants[0].provider.id, field.tenants[1].provider.id)
            let victim = try #require(field.presence.people(of: 0).first).key
            try await database.run(
                """
                update directory.users set removed_at = now()
                where idp_id = \(first)::uuid and directory_key = \(victim)
                """
            )
            try await watch.look()
            #expect(field.breaches.count(.wrongRemovals) == 1)

            try await database.run("update directory.sources set epoch = epoch - 1 where idp_id = \(first)::uuid")
            try await database.run("update fetcher.leases set fence = fence - 1 where idp = \(first)::uuid")
            try await watch.look()
            #expect(field.breaches.count(.olderStateSeen) == 2)

            try await database.run(
                "update directory.users set title = 'spoiled' where idp_id = \(second)::uuid and title is not null"
            )
            try await watch.look()
            #expect(field.breaches.count(.crossTenant) == 1)
            try await database.run(
                "update directory.departments set tenant_id = gen_random_uuid() where idp_id = \(first)::uuid"
            )
            try await watch.look()
            let mixed = field.breaches.count(.crossTenant)
            #expect(mixed > 1)
            try await database.run(
                """
                update directory.users set external_id = \(Forger.foreigner + "1")
                where idp_id = \(first)::uuid and directory_key = \(victim)
                """
            )
            try await watch.look()
            #expect(field.breaches.count(.crossTenant) == mixed + 1)

            #expect(field.breaches.count(.lateSessions) == 0)
            try await database.run("update verifier.principals set enabled = false where idp_id = \(first)::uuid")
            _ = try await waitFor("the session to be noted as late", within: .seconds(10)) {
                try await watch.look()
                return field.breaches.count(.lateSessions) > 0 ? true : nil
            }
            await database.close()
            await field.close()
        }
    }
}
