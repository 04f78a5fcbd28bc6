import Postgres

/// How many rows of the directory were written, as PostgreSQL's own statistics have it.
struct RowsWritten {
    /// A session tells its figures to the server at the latest when it has been idle for 10 s (PostgreSQL 15 and later).
    private static let delay = Duration.milliseconds(10_500)

    let database: Database

    /// Rows inserted, updated and deleted so far; `nil` where the server may keep figures to itself for longer.
    func count() async throws -> Int? {
        let version = try await database.run("select current_setting('server_version_num')::integer")
        guard try version[0].decode(Int.self) >= 150_000 else { return nil }
        try await Task.sleep(for: Self.delay)
        let rows = try await database.run(
            """
            select sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::bigint
            from unnest('{directory.users,directory.memberships,directory.departments}'::regclass[]) t,
                pg_partition_tree(t) part join pg_stat_all_tables s on s.relid = part.relid
            """
        )
        return try rows[0].decode(Int?.self)
    }
}
