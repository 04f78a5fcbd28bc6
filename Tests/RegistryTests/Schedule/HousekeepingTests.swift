import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct HousekeepingTests {
    @Test("an authorization that nobody granted in time has lapsed, once")
    func lapse() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let fresh = try await registry.makeProvider()
            let never = try await registry.makeProvider()
            try await registry.database.transaction { database in
                for (provider, expiry) in [(id, Timestamp.now), (fresh, Timestamp.now.advanced(by: .seconds(60)))] {
                    try AuthorizationStore.insert(
                        AuthorizationRequest.makeState(),
                        of: provider,
                        url: "https://example.test",
                        expiresAt: expiry,
                        by: "test",
                        on: database
                    )
                }
            }
            for _ in 0..<2 { try await registry.tidy() }
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["state"] == "lapsed")
            #expect(try await registry.send(.get, "idps/\(fresh)/authorization")["state"] == "pending")
            #expect(try await registry.send(.get, "idps/\(never)/authorization")["state"] == "pending")
            #expect(try await registry.send(.get, "idps/\(id)")["revision"] == 2)
            let last = try #require(try await registry.published(TopicCatalogue.configuration).last)
            #expect(try last.decode(IdentityProviderConfiguration.self).authorization == .lapsed)
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["action"] == "authorization.lapsed")
            #expect(entry["actor"]["kind"] == "system")
        }
    }

    @Test("what is no longer needed is deleted, the rest is kept")
    func oldRows() async throws {
        try await withRegistry { registry in
            let standings = ["ended", "superseded", "revoked", "complete", "ended", "waitingForApp"]
            for (number, standing) in standings.enumerated() {
                let days = number < 4 ? 91 : number == 4 ? 89 : 400
                try await registry.database.run(
                    """
                    insert into registry.grants (id, suite, origin, code_digest, idp, standing, received_at, changed_at)
                    values (\(GrantID.make()), 'dk1', 'create_auth', \(Array(String(number).utf8)), \(GrantID.make()),
                        \(standing), now(), now() - make_interval(days => \(days)))
                    """
                )
            }
            try await registry.database.run(
                """
                insert into registry.callbacks (digest, receiver, kind, sealed, received_at, done_at) values
                    ('a', '', 'suite_ticket', '', now(), now() - interval '2 days'),
                    ('b', '', 'create_auth', '', now(), now() - interval '2 days'),
                    ('c', '', 'create_auth', '', now(), null)
                """
            )
            try await registry.tidy()
            #expect(try await registry.count("grants") == 3)
            #expect(try await registry.count("callbacks") == 2)
        }
    }
}
