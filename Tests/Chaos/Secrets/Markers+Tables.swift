import Foundation
import Postgres
import SuiteTesting

extension Markers {
    /// The tables that have one of them, as text or as bytes, and what it is.
    func found(inTablesOf suite: Suite) async throws -> [(table: String, marker: String)] {
        let tables = try await suite.query(
            """
            select schemaname, tablename from pg_tables
            where schemaname in ('registry', 'fetcher', 'directory', 'verifier') order by 1, 2
            """
        ).map { try $0.decode(String.self, String.self) }
        var found: [(String, String)] = []
        let database = Database(url: suite.databaseURL, connections: 1, logger: quietLogger())
        let result = await asyncResult {
            for (schema, table) in tables {
                for marker in try await names(in: schema, table, database) {
                    found.append(("\(schema).\(table)", marker))
                }
            }
        }
        await database.close()
        try result.get()
        return found
    }

    private func names(in schema: String, _ table: String, _ database: Database) async throws -> [String] {
        let needles = texts.map(\.text)
        // Bytes are shown as hexadecimal digits.
        let digits = needles.map { $0.utf8.map { String(format: "%02x", $0) }.joined() }
        return try await database.run(
            """
            select distinct name from unnest(\(texts.map(\.name))::text[], \(needles)::text[], \(digits)::text[])
                as marker(name, needle, digits)
            join (select t::text as line from \(identifier: schema, table) t) lines
                on strpos(line, needle) > 0 or strpos(line, digits) > 0
            """
        ).map { try $0.decode(String.self) }
    }
}
