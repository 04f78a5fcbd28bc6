import FoundationEssentials
import Messages
import Postgres

/// Which departments of a run are done: `fetcher.checkpoints`. A row says that the department's people are
/// with the brokers.
struct CheckpointStore: Sendable {
    let database: Database

    /// Remembers departments, for as long as the lease is held.
    ///
    /// - Throws: ``LeaseLost``, `PostgresError`.
    func save(_ departments: [DepartmentPeople], under lease: Lease) async throws {
        guard !departments.isEmpty else { return }
        let run = lease.run.run.uuid
        try await database.transaction { connection in
            try connection.run(
                """
                delete from fetcher.checkpoints
                where run = \(run) and department = any(\(departments.map(\.department))::bigint[])
                """
            )
            try connection.copy(
                """
                copy fetcher.checkpoints (run, department, user_keys, shortcomings) from stdin (format binary)
                """,
                departments
            ) { rows, department in
                rows.beginRow(columns: 4)
                rows.append(run)
                rows.append(department.department)
                rows.append(bytes: ContentDigest.bytes(of: department.keys))
                rows.append(textArray: department.shortcomings)
            }
            try LeaseStore.requireHeld(lease, on: connection)
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
            guard let keys = ContentDigest.list(keys.span) else {
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
