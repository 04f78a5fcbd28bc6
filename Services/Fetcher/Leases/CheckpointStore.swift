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
            try connection.pipeline(
                departments.map { department in
                    """
                    insert into fetcher.checkpoints (run, department, user_keys, shortcomings)
                    values (
                        \(run), \(department.department), \(department.keys.flatMap(\.bytes)),
                        \(department.shortcomings)
                    )
                    on conflict (run, department) do update set
                        user_keys = excluded.user_keys, shortcomings = excluded.shortcomings
                    """
                }
            )
        }
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
            return DepartmentPeople(
                department: department,
                keys: try Digest128.list(keys.span),
                shortcomings: shortcomings
            )
        }
    }
}

extension Digest128 {
    /// Reads digests that stand one after the other, as ``bytes`` gives each.
    static func list(_ bytes: Span<UInt8>) throws -> [Digest128] {
        guard bytes.count % 16 == 0 else { throw PostgresError(.decodingFailure, "digests are cut off") }
        var digests: [Digest128] = []
        digests.reserveCapacity(bytes.count / 16)
        for start in stride(from: 0, to: bytes.count, by: 16) {
            digests.append(Digest128(high: half(bytes, start), low: half(bytes, start + 8)))
        }
        return digests
    }

    private static func half(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        var half: UInt64 = 0
        for index in start..<start + 8 { half = half << 8 | UInt64(bytes[index]) }
        return half
    }
}
