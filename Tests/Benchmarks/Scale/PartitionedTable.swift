import Postgres

/// A table that is made in partitions, as ``Scale`` found it.
struct PartitionedTable: Sendable {
    let name: String
    /// Of each partition, in their order.
    let rows: [Int]
}

extension MeasuredSuite {
    /// The tables that have a row for each person.
    ///
    /// - Throws: ``BenchmarkFailure`` where one of them has no partitions: it would not be what is to be measured.
    func partitionedTables() async throws -> [PartitionedTable] {
        var tables: [PartitionedTable] = []
        for (schema, name) in [("directory", "users"), ("directory", "memberships"), ("verifier", "principals")] {
            let table = "\(schema).\(name)"
            let rows = try await database.run(
                """
                select coalesce(found.rows, 0) from pg_inherits i
                join pg_class c on c.oid = i.inhrelid
                left join (select tableoid as part, count(*) as rows from \(identifier: schema, name) group by 1) found
                    on found.part = c.oid
                where i.inhparent = \(table)::text::regclass order by length(c.relname), c.relname
                """
            )
            guard !rows.isEmpty else { throw BenchmarkFailure("\(table) has no partitions") }
            tables.append(PartitionedTable(name: table, rows: try rows.map { try $0.decode(Int.self) }))
        }
        return tables
    }
}
