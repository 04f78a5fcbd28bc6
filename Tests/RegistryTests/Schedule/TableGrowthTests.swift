import BackgroundWork
import Foundation
import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Registry

/// What the tables come to when many tenants do for long what tenants do; `./compose/local tables` does it in full.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(120)))
struct TableGrowthTests {
    private static func given(_ name: String, or usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
    }

    @Test("tables come to no more than docs/retention.md states, however long it goes on")
    func growth() async throws {
        let (tenants, days) = (Self.given("TABLE_TENANTS", or: 20), Self.given("TABLE_DAYS", or: 120))
        try await withRegistry { registry in
            let simulation = SimulatedDays(registry: registry, tenants: tenants)
            try await simulation.populate()
            var most: [String: Int] = [:]
            for day in 0..<days {
                try await simulation.live(day)
                try await simulation.tidy(day)
                guard day % 10 == 9 || day == days - 1 else { continue }
                most.merge(try await simulation.rows()) { max($0, $1) }
            }
            let sizes = try await simulation.sizes()
            for (table, bound) in SimulatedDays.bounds(tenants: tenants).sorted(by: { $0.key < $1.key }) {
                let (rows, size) = (most[table] ?? 0, sizes[table] ?? 0)
                #expect(rows <= bound, "\(table)")
                #expect(rows > 0, "\(table) is not simulated")
                let figures = [rows, bound, size / 1_024].map { String($0).leftPadded(to: 12) }.joined()
                print(table.padding(toLength: 26, withPad: " ", startingAt: 0) + figures + " KiB")
            }
            print("all tables of \(tenants) tenants over \(days) days: \(sizes.values.reduce(0, +) / 1_048_576) MiB")
        }
    }
}

/// Days of many tenants, told to the database at once.
///
/// Each tenant has an identity provider of a 24-hour cycle. A day is: its run, a further one by hand every fifth day, ten
/// changes of people told by WeCom, a change of settings every tenth, a QR code every thirtieth; a key of every fiftieth
/// tenant is refused all day, and keys are replaced by new ones every 90 days.
struct SimulatedDays: Sendable {
    let registry: TestRegistry
    let tenants: Int

    private static let start = Timestamp.now

    /// The most rows that there may be, however many days pass: of docs/retention.md, for days like these.
    static func bounds(tenants: Int) -> [String: Int] {
        let (auditDays, slack) = (365, 50)
        return [
            "tenants": tenants, "identity_providers": tenants,
            "runs": tenants * (91 + 91 / 5 + 1 + Retention.leastRuns),
            "revisions": tenants * min(Int(RevisionStore.kept), auditDays / 10 + 2),
            "audit": tenants * (auditDays / 5 + auditDays / 10 + 4) + (tenants / 50 + 1) * 24 * 31,
            "callbacks": tenants * (2 * 10 + 2) + 2 * 144 + slack,
            "grants": tenants * (90 / 30 + 2), "range_changes": tenants * (90 / 30 + 2),
            "request_identities": tenants / 5 * 2 + slack,
            "notifications": tenants * (31 / 5 + 2) * 2, "deliveries": tenants * (31 / 5 + 2) * 2,
            "conditions": tenants, "webhooks": tenants,
            "authorizations": tenants * (100 / 30 + 2), "api_keys": tenants * 4, "hints": tenants * 9,
        ]
    }

    /// Tenants, their identity providers and keys, like one that was made by the API.
    func populate() async throws {
        _ = try await registry.makeConnectedProvider()
        let time = moment(0)
        for statement: SQL in [
            """
            create table registry.people_of as
            select gen_random_uuid() as tenant, gen_random_uuid() as idp, n from generate_series(1, \(tenants - 1)) n
            """,
            """
            insert into registry.tenants (id, name, enterprise_id, created_at)
            select tenant, 'tenant ' || n, 'e' || n, \(time) from registry.people_of
            """,
            """
            insert into registry.identity_providers
                (id, tenant, revision, configuration, spread_hours, last_epoch, created_at, updated_at)
            select p.idp, p.tenant, 1, t.configuration || jsonb_build_object('id', p.idp, 'tenant', p.tenant), 24, 0,
                \(time), \(time)
            from registry.people_of p, (select configuration from registry.identity_providers limit 1) t
            """,
            """
            insert into registry.people_of select tenant, id, 0 from registry.identity_providers
            where id <> all (select idp from registry.people_of)
            """,
            """
            insert into registry.webhooks
                (id, tenant, revision, url, description, kinds, is_enabled, secret, created_at, updated_at)
            select gen_random_uuid(), tenant, 1, 'https://hooks.example.com/x', '', '{}', true, 'sealed', \(time), \(time)
            from registry.people_of
            """,
            """
            insert into registry.api_keys (id, name, digest, role, tenant, created_at, created_by)
            select gen_random_uuid(), 'key', sha256(tenant::text::bytea), 'admin', tenant, \(time),
                '{"kind": "bootstrap", "name": "bootstrap"}'
            from registry.people_of
            """,
        ] {
            try await registry.database.run(statement)
        }
    }

    /// One day of everybody's.
    func live(_ day: Int) async throws {
        let (time, epoch) = (moment(day), day * 2 + 1)
        for statement in runs(time, epoch, day) + changes(time, epoch, day) + callbacks(time, day) + keys(time, day)
            + notifications(time, day)
        {
            try await registry.database.run(statement)
        }
    }

    private func moment(_ day: Int) -> SQL {
        "\(Self.start.advanced(by: .seconds(86_400 * day)))::timestamptz"
    }

    private func runs(_ time: SQL, _ epoch: Int, _ day: Int) -> [SQL] {
        [
            """
            insert into registry.runs (id, idp, tenant, epoch, kind, cause, state, revision, generation, outcome, counts,
                field_reports, requested_at, started_at, progress_at, finished_at)
            select gen_random_uuid(), idp, tenant, \(epoch) + k, 'full', 'schedule', 'finished', 1, 1, 'succeeded',
                '{"users": {"seen": 845, "created": 1, "updated": 3, "unchanged": 841, "known": 844, "missing": 0},
                  "departments": {"seen": 60, "unchanged": 60, "known": 60}}',
                '[{"objectKind": "user", "field": "gender", "kind": "wrongType", "count": 2}]',
                \(time), \(time), \(time), \(time)
            from registry.people_of, generate_series(0, 1) k where k = 0 or (n + \(day)) % 5 = 0
            """,
            "update registry.identity_providers set last_epoch = \(epoch) + 1",
            """
            insert into registry.request_identities (scope, key, digest, object, created_at)
            select 'runs of ' || idp, \(String(epoch)), sha256('x'), idp::text, \(time)
            from registry.people_of where (n + \(day)) % 5 = 0
            """,
        ]
    }

    private func changes(_ time: SQL, _ epoch: Int, _ day: Int) -> [SQL] {
        let details = #"{"changes": {"cycleHours": {"from": 24, "to": 12}, "description": {"from": "x", "to": "y"}}}"#
        return [
            """
            insert into registry.audit (at, tenant, actor_kind, actor, actor_name, action, kind, object, details)
            select \(time), tenant, 'key', tenant, 'CI', case when k = 5 then 'run.requested' else 'idp.changed' end,
                'idp', idp, \(details)::jsonb
            from registry.people_of, unnest(array[5, 10]) k where (n + \(day)) % k = 0
            """,
            """
            insert into registry.revisions (idp, revision, settings, changes, changed_at, changed_by)
            select idp, \(day + 10), settings, \(details)::jsonb, \(time), '{"kind": "key", "name": "CI"}'
            from registry.people_of, (select settings from registry.revisions limit 1) template where (n + \(day)) % 10 = 0
            """,
            """
            insert into registry.authorizations (state, idp, url, created_at, created_by, expires_at, completed_at)
            select md5(idp::text || \(String(day))), idp, 'https://open.work.weixin.qq.com/3rdapp/install?suite_id=x',
                \(time), 'key', \(time), case when n % 2 = 0 then \(time) end
            from registry.people_of where (n + \(day)) % 30 = 0
            """,
        ]
    }

    private func callbacks(_ time: SQL, _ day: Int) -> [SQL] {
        [
            """
            insert into registry.callbacks (digest, receiver, kind, received_at, done_at)
            select sha256((tenant::text || k || \(String(day)))::bytea), 'ww', 'change_contact', \(time), \(time)
            from registry.people_of, generate_series(1, 10) k
            """,
            """
            insert into registry.callbacks (digest, receiver, kind, sealed, received_at, done_at)
            select sha256((tenant::text || \(String(day)))::bytea), 'ww', 'create_auth', repeat('x', 300), \(time), \(time)
            from registry.people_of where (n + \(day)) % 30 = 0
            union all
            select sha256(('ticket' || k || \(String(day)))::bytea), 'dk', 'suite_ticket', repeat('x', 300), \(time), \(time)
            from generate_series(1, 144) k
            """,
            """
            insert into registry.grants
                (id, suite, origin, code_digest, idp, standing, received_at, changed_at, done_at)
            select gen_random_uuid(), 'dk', 'create_auth', sha256((tenant::text || \(String(day)))::bytea), idp,
                'superseded', \(time), \(time), \(time)
            from registry.people_of where (n + \(day)) % 30 = 0
            """,
            """
            insert into registry.range_changes (key, at, change)
            select idp::text, \(time), '{"added": [1, 2], "removed": []}'
            from registry.people_of where (n + \(day)) % 30 = 0
            """,
            """
            insert into registry.hints (idp, kind, object, first_at, last_at)
            select idp, 'user', \(String(day)), \(time), \(time) from registry.people_of where n % 2 = 0
            """,
        ]
    }

    /// What fails every fifth day is over the same day, and is told by a webhook.
    private func notifications(_ time: SQL, _ day: Int) -> [SQL] {
        [
            """
            insert into registry.conditions (idp, kind, since, last_at, times, facts, is_told, told_at, settled_at)
            select idp, 'run-failed', \(time), \(time), 1, '{}', true, \(time), \(time)
            from registry.people_of where (n + \(day)) % 5 = 0
            on conflict (idp, kind) do update set settled_at = excluded.settled_at
            """,
            """
            with told as (
                insert into registry.notifications (id, tenant, idp, kind, state, facts, at)
                select gen_random_uuid(), tenant, idp, 'run-failed', state,
                    '{"sentence": "The run failed.", "idpName": "test_123"}', \(time)
                from registry.people_of, unnest(array['raised', 'settled']) state where (n + \(day)) % 5 = 0
                returning id, tenant
            )
            insert into registry.deliveries (id, notification, tenant, webhook, created_at, done_at)
            select gen_random_uuid(), told.id, told.tenant, w.id, \(time), \(time)
            from told join registry.webhooks w on w.tenant = told.tenant
            """,
        ]
    }

    private func keys(_ time: SQL, _ day: Int) -> [SQL] {
        [
            """
            insert into registry.audit
                (at, tenant, actor_kind, actor, actor_name, action, kind, object, details, refusal)
            select \(time), tenant, 'key', tenant, 'CI', 'request.refused', 'api-key', tenant,
                '{"reason": "revoked", "count": 3600, "attempts": ["GET /api/v1/tenants"]}',
                tenant::text || ' revoked ' || \(day) || '-' || k
            from registry.people_of, generate_series(1, 24) k where n % 50 = 0
            """,
            """
            update registry.api_keys set revoked_at = \(time)
            where revoked_at is null and created_at <= \(time) - interval '90 days'
            """,
            """
            insert into registry.api_keys (id, name, digest, role, tenant, created_at, created_by)
            select gen_random_uuid(), 'key', sha256((tenant::text || \(String(day)))::bytea), 'admin', tenant, \(time),
                '{"kind": "bootstrap", "name": "bootstrap"}'
            from registry.people_of p
            where not exists (select from registry.api_keys k where k.tenant = p.tenant and k.revoked_at is null)
            """,
        ]
    }

    /// What the registry does about it, at the end of that day.
    func tidy(_ day: Int) async throws {
        let now = moment(day)
        let retention = Retention(database: registry.database, now: now)
        let job = PeriodicJob(
            "simulated retention",
            every: .seconds(3_600),
            schema: Migrations.schema,
            database: registry.database,
            logger: TestRegistry.quiet,
            steps: retention.soon + retention.later
        )
        let failures = try #require(try await job.runOnce())
        #expect(failures.isEmpty, "\(failures)")
        if day % 10 == 9 { try await vacuum() }
    }

    /// What autovacuum does meanwhile in a database whose days last.
    private func vacuum() async throws {
        for table in Self.bounds(tenants: 0).keys.sorted() {
            try await registry.database.run("vacuum (analyze) \(identifier: "registry", table)")
        }
    }

    func rows() async throws -> [String: Int] {
        var rows: [String: Int] = [:]
        for table in Self.bounds(tenants: 0).keys { rows[table] = try await registry.count(table) }
        return rows
    }

    /// Bytes with indexes.
    func sizes() async throws -> [String: Int] {
        var sizes: [String: Int] = [:]
        for table in Self.bounds(tenants: 0).keys {
            let name = "registry.\(table)"
            sizes[table] = try await registry.database.run("select pg_total_relation_size(\(name)::regclass)")[0]
                .decode(Int.self)
        }
        return sizes
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
