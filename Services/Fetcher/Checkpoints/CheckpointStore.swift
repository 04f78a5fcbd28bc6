import FoundationEssentials
import Messages
import Postgres

/// Which departments of a run are done, and which people who were asked for one by one: `fetcher.checkpoints` and
/// `fetcher.checkpoint_people`. A row says that what it stands for is with the brokers.
struct CheckpointStore: Sendable {
    let database: Database

    /// Remembers what was read, for as long as the lease is held.
    ///
    /// - Throws: ``LeaseLost``, `PostgresError`.
    func save(_ checkpoint: Checkpoint, under lease: Lease) async throws {
        guard !checkpoint.isEmpty else { return }
        let run = lease.run.run.uuid
        try await database.transaction { connection in
            try Self.save(checkpoint.departments, of: run, on: connection)
            try Self.save(checkpoint.people, of: run, on: connection)
            try LeaseStore.requireHeld(lease, on: connection)
        }
    }

    /// What earlier holders of the run have read.
    ///
    /// - Throws: `PostgresError`.
    func load(_ lease: Lease) async throws -> Checkpoint {
        let run = lease.run.run.uuid
        let departments = try await database.run(
            "select department, user_keys, shortcomings from fetcher.checkpoints where run = \(run)"
        )
        let people = try await database.run(
            "select user_key, is_present, is_sent, code from fetcher.checkpoint_people where run = \(run)"
        )
        return Checkpoint(
            departments: try departments.map(Self.department),
            people: try people.map(Self.person)
        )
    }

    private static func save(
        _ departments: [DepartmentPeople],
        of run: UUID,
        on connection: isolated Connection
    ) throws {
        guard !departments.isEmpty else { return }
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
    }

    private static func save(_ people: [AskedPerson], of run: UUID, on connection: isolated Connection) throws {
        guard !people.isEmpty else { return }
        try connection.run(
            """
            delete from fetcher.checkpoint_people
            where run = \(run) and user_key = any(\(people.map(\.key.bytes))::bytea[])
            """
        )
        try connection.copy(
            """
            copy fetcher.checkpoint_people (run, user_key, is_present, is_sent, code) from stdin (format binary)
            """,
            people
        ) { rows, person in
            rows.beginRow(columns: 5)
            rows.append(run)
            rows.append(bytes: person.key.bytes)
            rows.append(person.isPresent)
            rows.append(person.isSent)
            rows.append(person.code.map { Int64($0) })
        }
    }

    private static func department(_ row: Row) throws -> DepartmentPeople {
        let (department, keys, shortcomings) = try row.decode(Int64.self, [UInt8].self, [String].self)
        guard let keys = ContentDigest.list(keys.span) else {
            throw PostgresError(.decodingFailure, "the digests of department \(department) are cut off")
        }
        return DepartmentPeople(department: department, keys: keys, shortcomings: shortcomings)
    }

    private static func person(_ row: Row) throws -> AskedPerson {
        let (key, isPresent, isSent, code) = try row.decode([UInt8].self, Bool.self, Bool.self, Int?.self)
        guard let keys = ContentDigest.list(key.span), keys.count == 1 else {
            throw PostgresError(.decodingFailure, "the digest of a person who was asked for is not one")
        }
        return AskedPerson(key: keys[0], isPresent: isPresent, isSent: isSent, code: code)
    }
}
