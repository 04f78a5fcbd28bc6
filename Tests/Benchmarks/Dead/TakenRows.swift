import Kafka
import Postgres
import Synchronization

/// What a reader took: in a table, as services keep what they take, and counted by kind or round without asking for it.
final class TakenRows: Sendable {
    private let database: Database
    private let counts = Mutex<[String: Int]>([:])

    private init(database: Database) { self.database = database }

    static func make(in database: Database) async throws -> TakenRows {
        try await database.run(
            "create table taken (kind text not null, number integer not null, primary key (kind, number))"
        )
        return TakenRows(database: database)
    }

    /// Writes them; what comes again is not counted again.
    func keep(_ records: [Record]) async throws {
        let kinds = records.map { $0.header("poison") ?? $0.header("round") ?? "" }
        let numbers = records.map { Int($0.header("number") ?? "") ?? 0 }
        let rows = try await database.run(
            """
            insert into taken select * from unnest(\(kinds)::text[], \(numbers)::int[])
            on conflict do nothing returning kind
            """
        )
        let new = try rows.map { try $0.decode(String.self) }
        counts.withLock { counts in
            for kind in new { counts[kind, default: 0] += 1 }
        }
    }

    /// How many were taken of these kinds or rounds.
    func count(of kinds: [String]) -> Int {
        counts.withLock { counts in kinds.reduce(0) { $0 + counts[$1, default: 0] } }
    }

    /// How many the table has of these kinds or rounds.
    func stored(of kinds: [String]) async throws -> Int {
        let rows = try await database.run("select count(*) from taken where kind = any(\(kinds)::text[])")
        return try rows[0].decode(Int.self)
    }
}
