/// Brings a schema up to date, whoever else starts at the same moment.
///
/// What was applied is kept in `<schema>.schema_migrations` with a digest of its text. An advisory
/// lock lets one process at a time work; the others find it done. A database that is ahead, because a
/// newer version of the service was there, is left alone.
public struct Migrator: Sendable {
    private let schema: String
    private let migrations: [Migration]
    private let partitions: Int

    /// - Parameters:
    ///   - schema: Created if it is not there.
    ///   - migrations: Every one there ever was.
    ///   - partitions: How many a table gets that is made in partitions (``HashPartitions``); one that is there keeps its own.
    public init(schema: String, migrations: [Migration], partitions: Int = HashPartitions.standardCount) {
        self.schema = schema
        self.migrations = migrations.sorted { $0.version < $1.version }
        self.partitions = partitions
    }

    /// Applies what is missing, each migration in a transaction of its own.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/migrationConflict`` when an applied migration
    ///   was changed or is missing here, or a new one comes before an applied one.
    public func run(on database: Database) async throws {
        for (earlier, later) in zip(migrations, migrations.dropFirst()) where earlier.version == later.version {
            throw PostgresError(.migrationConflict, "\(schema): two migrations have version \(later.version)")
        }
        let ours = try await database.withConnection { try digests(on: $0) }
        while try await database.transaction({ try applyNext(of: ours, on: $0) }) {}
    }

    /// Whether there may be more.
    private func applyNext(of digests: [String], on connection: isolated Connection) throws -> Bool {
        try connection.run("select pg_advisory_xact_lock(hashtextextended(\("migrations of \(schema)"), 0))")
        try createTable(on: connection)
        guard let next = try check(try applied(on: connection), digests) else { return false }
        try connection.run("select set_config(\(HashPartitions.setting), \(String(partitions)), true)")
        do {
            try connection.execute(next.sql)
        } catch let error as PostgresError {
            throw PostgresError(
                error.code,
                "\(schema): migration \(next.version) (\(next.name)): \(error.message)",
                constraint: error.constraint
            )
        }
        try connection.run(
            """
            insert into \(identifier: schema, "schema_migrations") (version, name, digest)
            values (\(next.version), \(next.name), encode(sha256(convert_to(\(next.sql), 'UTF8')), 'hex'))
            """
        )
        return true
    }

    /// Makes the schema and the table, if a role that may not has not been given them.
    private func createTable(on connection: isolated Connection) throws {
        let found = try connection.run("select exists (select from pg_namespace where nspname = \(schema))")
        if try !found[0].decode(Bool.self) { try connection.run("create schema \(identifier: schema)") }
        try connection.run(
            """
            create table if not exists \(identifier: schema, "schema_migrations") (
                version bigint primary key,
                name text not null,
                digest text not null,
                applied_at timestamptz not null default now()
            )
            """
        )
    }

    private func applied(on connection: isolated Connection) throws -> [Int: String] {
        let rows = try connection.run("select version, digest from \(identifier: schema, "schema_migrations")")
        var applied: [Int: String] = [:]
        for row in rows {
            let (version, digest) = try row.decode(Int.self, String.self)
            applied[version] = digest
        }
        return applied
    }

    private func digests(on connection: isolated Connection) throws -> [String] {
        try connection.run(
            """
            select encode(sha256(convert_to(sql, 'UTF8')), 'hex')
            from unnest(\(migrations.map(\.sql))::text[]) with ordinality as m(sql, place) order by place
            """
        ).map { try $0.decode(String.self) }
    }

    /// The first migration that is still to be applied.
    private func check(_ applied: [Int: String], _ digests: [String]) throws -> Migration? {
        let newest = migrations.last?.version ?? 0
        let known = Set(migrations.map(\.version))
        if let missing = applied.keys.filter({ $0 <= newest && !known.contains($0) }).min() {
            throw conflict("migration \(missing) was applied but is missing here")
        }
        var next: Migration?
        for (migration, digest) in zip(migrations, digests) {
            guard let recorded = applied[migration.version] else {
                next = next ?? migration
                continue
            }
            if recorded != digest {
                throw conflict("migration \(migration.version) (\(migration.name)) was changed after it was applied")
            }
            if let next { throw conflict("migration \(next.version) (\(next.name)) comes before one that was applied") }
        }
        if let next, let ahead = applied.keys.max(), ahead > next.version {
            throw conflict("migration \(next.version) (\(next.name)) comes before \(ahead), which was applied")
        }
        return next
    }

    private func conflict(_ message: String) -> PostgresError {
        PostgresError(.migrationConflict, "\(schema): \(message)")
    }
}
