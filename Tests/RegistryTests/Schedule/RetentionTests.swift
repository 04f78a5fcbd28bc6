import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct RetentionTests {
    private func tidy(_ registry: TestRegistry) async throws {
        let failures = try #require(try await registry.components.retentionJob.runOnce())
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test("runs end after 90 days, but for the newest of each identity provider and a deletion that is not done")
    func runs() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.database.run(
                """
                insert into registry.runs (id, idp, tenant, epoch, kind, cause, state, outcome, requested_at, finished_at)
                select gen_random_uuid(), id, tenant, n, case when n = 2 then 'delete' else 'full' end, 'schedule',
                    'finished', case when n = 2 then 'failed' else 'succeeded' end, now(),
                    now() - interval '90 days' + make_interval(mins => n - 14)
                from registry.identity_providers, generate_series(1, 25) n
                """
            )
            try await registry.database.run("update registry.identity_providers set last_epoch = 25")
            try await tidy(registry)
            let left = try await registry.database.run("select epoch from registry.runs order by epoch").decode(
                Int.self
            )
            #expect(left == [2] + Array(15...25))
            try await registry.database.run("update registry.runs set finished_at = now() - interval '1 year'")
            try await tidy(registry)
            let last = try await registry.database.run("select epoch from registry.runs order by epoch").decode(
                Int.self
            )
            #expect(last == [2] + Array(16...25))
            #expect(try await registry.send(.get, "idps/\(id)/runs")["items"].array.count == 11)
        }
    }

    @Test("of too many runs of one identity provider only the newest are kept")
    func surplus() async throws {
        try await withRegistry { registry in
            _ = try await registry.makeConnectedProvider()
            let count = Retention.mostRuns + 1_500
            try await registry.database.run(
                """
                insert into registry.runs (id, idp, tenant, epoch, kind, cause, state, outcome, requested_at, finished_at)
                select gen_random_uuid(), id, tenant, n, 'full', 'manual', 'finished', 'succeeded', now(), now()
                from registry.identity_providers, generate_series(1, \(count)) n
                """
            )
            try await registry.database.run("update registry.identity_providers set last_epoch = \(count)")
            try await tidy(registry)
            #expect(try await registry.count("runs") == Retention.mostRuns)
        }
    }

    @Test("the audit, refused attempts, keys that ended and QR codes each have their time")
    func others() async throws {
        try await withRegistry({ $0.auditDays = 40 }) { registry in
            let id = try await registry.makeProvider()
            try await registry.database.run("delete from registry.audit")
            try await registry.database.run(
                """
                insert into registry.audit (at, actor_kind, actor_name, action, kind, object, details, refusal)
                select now() - make_interval(days => age), 'system', 'x', 'x', 'x', gen_random_uuid(), '{}', refusal
                from (values (39, null), (41, null), (29, 'a'), (31, 'b')) as entries (age, refusal)
                """
            )
            try await registry.database.run(
                """
                insert into registry.api_keys (id, name, digest, role, created_at, created_by, expires_at, revoked_at)
                select gen_random_uuid(), name, sha256(name::bytea), 'viewer', now(), '{"kind": "system", "name": "x"}',
                    now() - make_interval(days => expired), now() - make_interval(days => revoked)
                from (values ('a', 91, null), ('b', 89, null), ('c', null, 91), ('d', null, null), ('e', -1, 91))
                    as keys (name, expired, revoked)
                """
            )
            try await registry.database.run(
                """
                insert into registry.authorizations (state, idp, url, created_at, created_by, expires_at, completed_at)
                select state, \(id)::uuid, 'x', now(), 'x', now() - make_interval(days => age),
                    now() - make_interval(days => completed)
                from (values ('a', 91, null), ('b', 89, null), ('c', 92, 92), ('d', 91, 91)) as asked (state, age, completed)
                """
            )
            try await tidy(registry)
            #expect(try await registry.count("audit") == 2)
            let keys = try await registry.database.run("select name from registry.api_keys order by name")
            #expect(try keys.decode(String.self) == ["b", "d"])
            let asked = try await registry.database.run("select state from registry.authorizations order by state")
            #expect(try asked.decode(String.self) == ["b", "d"])
        }
    }

    @Test("each deletion finds its rows by an index")
    func indexes() async throws {
        try await withRegistry { registry in
            try await registry.database.transaction { connection in
                try connection.run("set local enable_seqscan = off")
                for (table, condition) in Self.conditions {
                    let plan = try connection.run("explain select ctid from \(table) where \(condition) limit 1000")
                        .decode(String.self).joined(separator: "\n")
                    #expect(!plan.contains("Seq Scan on \(table.text.dropFirst("registry.".count))"), "\(plan)")
                }
            }
        }
    }

    private static let conditions: [(SQL, SQL)] = [
        ("registry.runs", "state = 'finished' and finished_at < now() - interval '90 days'"),
        ("registry.authorizations", "expires_at < now() - interval '90 days'"),
        ("registry.audit", "at < now() - interval '365 days'"),
        ("registry.audit", "refusal is not null and at < now() - interval '30 days'"),
        (
            "registry.api_keys",
            """
            (expires_at is not null or revoked_at is not null)
                and least(expires_at, revoked_at) < now() - interval '90 days'
            """
        ),
        ("registry.request_identities", "created_at < now() - interval '1 day'"),
        ("registry.hints", "last_at < now() - interval '7 days'"),
        ("registry.grants", "changed_at < now() - interval '90 days'"),
        ("registry.range_changes", "at < now() - interval '90 days'"),
        ("registry.callbacks", "coalesce(done_at, set_aside_at) < now() - interval '1 day'"),
    ]
}
