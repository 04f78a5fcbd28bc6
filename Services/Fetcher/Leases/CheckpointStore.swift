import FoundationEssentials
import Messages
import Postgres

/// Which departments of a run are done: `fetcher.checkpoints`. A row says that the department's people are
/// with the brokers.
struct CheckpointStore: Sendable {
    let database: Database

    /// Remembers departments, for as long as the lease is held.
    ///
    /// The row of the lease is locked, so that no new holder can start in between and miss them.
    ///
    /// - Throws: ``LeaseLost``, `PostgresError`.
    func save(_ departments: [DepartmentPeople], under lease: Lease) async throws {
        guard !departments.isEmpty else { return }
        let run = lease.run.run.uuid
        try await database.transaction { connection in
            let held = try connection.run(
                "select 1 from fetcher.leases l where \(LeaseStore.isHeld(lease)) for share"
            )
            guard !held.isEmpty else { throw LeaseLost() }
            try connection.run(
                """
                insert into fetcher.checkpoints (run, department, user_keys, shortcomings)
                select \(run), department, user_keys, array(select jsonb_array_elements_text(shortcomings::jsonb))
                from unnest(
                    \(departments.map(\.department))::bigint[],
                    \(departments.map { Digest128.bytes(of: $0.keys) })::bytea[],
                    \(try departments.map { try Self.json($0.shortcomings) })::text[]
                ) as read (department, user_keys, shortcomings)
                on conflict (run, department) do update set
                    user_keys = excluded.user_keys, shortcomings = excluded.shortcomings
                """
            )
        }
    }

    /// Lists of different lengths, which an array of arrays could not hold.
    private static func json(_ shortcomings: [String]) throws -> String {
        String(decoding: try MessageJSON.encoder.encode(shortcomings), as: UTF8.self)
    }

    /// What earlier holders of the run have read.
    ///
    /// - Throws: `PostgresError`.
    func load(_ lease: Lease) async throws -> [DepartmentPeople] {
        let rows = try await database.run(
            "select department, user_keys, shortcomings from fetcher.checkpoints where run = \(lease.run.run.uuid)"
        )
        return try rows.map { row in
            let (department, keys, shortcomings) = try row.decode(Int64.self, [UInt8].self, [String].self)
            guard let keys = Digest128.list(keys.span) else {
                throw PostgresError(.decodingFailure, "the digests of department \(department) are cut off")
            }
            return DepartmentPeople(
                department: department,
                keys: keys,
                shortcomings: shortcomings
            )
        }
    }
}
