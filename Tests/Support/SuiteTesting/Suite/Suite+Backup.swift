import Postgres

extension Suite {
    /// Keeps what a schema's tables hold now, as a backup that is taken while nobody writes to them.
    public func backUp(_ schema: String) async throws {
        let kept = Self.backup(of: schema)
        _ = try await query("create schema \(identifier: kept)")
        for table in try await tables(of: schema) {
            _ = try await query(
                "create table \(identifier: kept, table) as table \(identifier: schema, table)"
            )
        }
    }

    /// Sets a schema's tables back to what they held then; whoever uses them is stopped.
    public func restore(_ schema: String) async throws {
        let kept = Self.backup(of: schema)
        let tables = try await tables(of: schema)
        let all = tables.map { "\"\(schema)\".\"\($0)\"" }.joined(separator: ", ")
        _ = try await query(SQL(stringLiteral: "truncate \(all) cascade"))
        // Tables whose rows others refer to come first.
        var (waiting, failures) = (tables, 0)
        while let table = waiting.first {
            waiting.removeFirst()
            do {
                try await fill(schema, table, from: kept)
                failures = 0
            } catch let error as PostgresError where error.code.rawValue == "23503" && failures <= waiting.count {
                failures += 1
                waiting.append(table)
            }
        }
    }

    private func fill(_ schema: String, _ table: String, from kept: String) async throws {
        // What is generated from other columns cannot be given.
        let columns = try await query(
            """
            select column_name::text from information_schema.columns
            where table_schema = \(schema) and table_name = \(table) and is_generated = 'NEVER' order by ordinal_position
            """
        ).map { "\"\(try $0.decode(String.self))\"" }.joined(separator: ", ")
        let list = SQL(stringLiteral: columns)
        _ = try await query(
            """
            insert into \(identifier: schema, table) (\(list)) overriding system value
            select \(list) from \(identifier: kept, table)
            """
        )
    }

    private static func backup(of schema: String) -> String { "backup_\(schema)" }

    /// Partitions are not named: their rows are those of their tables.
    private func tables(of schema: String) async throws -> [String] {
        try await query(
            """
            select relname::text from pg_class
            where relnamespace = \(schema)::text::regnamespace and relkind in ('r', 'p') and not relispartition
            order by 1
            """
        ).map { try $0.decode(String.self) }
    }
}
