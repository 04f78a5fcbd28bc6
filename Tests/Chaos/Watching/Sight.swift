import Foundation
import Postgres
import SuiteTesting

/// What the watch sees of all schemas at one moment, as superuser.
struct Sight: Sendable {
    let database: Database

    /// A look that takes longer tells of no moment.
    private static let limit = Duration.seconds(5)

    func positions() async throws -> [PositionCheck.Row] {
        try await PositionCheck.Row.all(in: database, within: Self.limit)
    }

    func removals() async throws -> [RemovalCheck.Row] {
        let rows = try await database.run(
            """
            select idp_id::text, external_id, 'directory' from directory.users
            where removed_at is not null or status not in (1, 4)
            union all select idp_id::text, external_id, 'principals' from verifier.principals where not enabled
            """,
            within: Self.limit
        )
        return try rows.map { row in
            let (provider, user, place) = try row.decode(String.self, String.self, String.self)
            return RemovalCheck.Row(identityProvider: provider, userID: user, place: place)
        }
    }

    func tenancies() async throws -> [TenancyCheck.Row] {
        let rows = try await database.run(
            """
            select 'directory.users', idp_id::text, tenant_id::text from directory.users group by 2, 3
            union all select 'directory.departments', idp_id::text, tenant_id::text from directory.departments
                group by 2, 3
            union all select 'directory.sources', idp_id::text, tenant_id::text from directory.sources
            union all select 'verifier.principals', idp_id::text, tenant_id::text from verifier.principals group by 2, 3
            union all select 'verifier.projection', idp_id::text, tenant_id::text from verifier.projection
            union all select 'verifier.sessions', idp_id::text, tenant_id::text from verifier.sessions group by 2, 3
            union all select 'registry.runs', idp::text, tenant::text from registry.runs group by 2, 3
            union all select 'directory.users', idp_id::text, 'a stranger' from directory.users
                where external_id like \(Forger.foreigner + "%")
            """,
            within: Self.limit
        )
        return try rows.map { row in
            let (table, provider, tenant) = try row.decode(String.self, String.self, String.self)
            return TenancyCheck.Row(table: table, identityProvider: provider, tenant: tenant)
        }
    }

    /// Which republication somebody was told of with last is none of it.
    func content(of provider: String) async throws -> TenancyCheck.Content? {
        let rows = try await database.run(
            """
            with lines as (
                select 'users' as place, directory_key as key, to_jsonb(u) as line from directory.users u
                    where idp_id = \(provider)::uuid
                union all select 'departments', external_id::text, to_jsonb(d) from directory.departments d
                    where idp_id = \(provider)::uuid
                union all select 'memberships', m::text, to_jsonb(m) from directory.memberships m
                    where idp_id = \(provider)::uuid
                union all select 'principals', user_id::text, to_jsonb(p) - 'seen' - 'traceparent'
                    from verifier.principals p where idp_id = \(provider)::uuid
            ), digests as (
                select place || '.' || field.key as column, md5(string_agg(lines.key || coalesce(field.value, '-'), ','
                    order by lines.key collate "C")) as digest
                from lines, jsonb_each_text(line) field (key, value) group by 1
            )
            select coalesce(jsonb_object_agg("column", digest)::text, '{}'),
                (select count(*) from registry.runs where idp = \(provider)::uuid),
                (select count(*) from registry.runs where idp = \(provider)::uuid and state <> 'finished')
            from digests
            """,
            within: Self.limit
        )
        return try rows.first.map { row in
            let (digests, runs, running) = try row.decode(String.self, Int.self, Int.self)
            return TenancyCheck.Content(
                identityProvider: provider,
                digests: try JSONDecoder().decode([String: String].self, from: Data(digests.utf8)),
                runs: runs,
                running: running
            )
        }
    }

    /// Live sessions of people who may not log on.
    func lateSessions() async throws -> [String] {
        let rows = try await database.run(
            """
            select s.id from verifier.sessions s left join verifier.principals p using (idp_id, user_id)
            where s.ended_at is null and s.expires_at > clock_timestamp() and p.enabled is not true
            """,
            within: Self.limit
        )
        return try rows.map { try $0.decode(String.self) }
    }
}
