public import Postgres

extension Suite {
    /// Asks the suite's database for one number.
    public func count(_ statement: SQL) async throws -> Int {
        try await query(statement).first?.decode(Int.self) ?? 0
    }

    /// Asks the suite's database.
    public func query(_ statement: SQL) async throws -> [Row] {
        let database = Database(url: databaseURL, connections: 1, logger: quietLogger())
        let result = await asyncResult { try await database.run(statement) }
        await database.close()
        return try result.get()
    }
}
