import Foundation
import Postgres
import SuiteTesting

/// The least time in which PostgreSQL takes the directory's rows: a bare COPY of them, ready-made and in the order of
/// the keys, into empty tables with the same indexes, in one transaction.
struct CopyLimit {
    let database: Database

    /// - Returns: Seconds for the people and memberships of an identity provider.
    func measure(_ provider: Registry.IdentityProvider, people: Int) async throws -> Double {
        guard let id = UUID(uuidString: provider.id) else { throw BenchmarkFailure("the registry gave no UUID") }
        let users = try await rows(of: "users", id, orderedBy: "directory_key")
        let memberships = try await rows(of: "memberships", id, orderedBy: "directory_key, department_id")
        guard users.rowCount == people else {
            throw BenchmarkFailure("\(users.rowCount) of \(people) people are in the directory")
        }
        try await database.withConnection {
            try $0.execute(
                """
                create schema copy_limit;
                create table copy_limit.users (like directory.users including all);
                create table copy_limit.memberships (like directory.memberships including all);
                """
            )
        }
        let seconds = try await seconds(users, memberships)
        try await database.run("drop schema copy_limit cascade")
        return seconds
    }

    private func rows(of table: String, _ id: UUID, orderedBy key: String) async throws -> CopyRows {
        try await database.withConnection { connection in
            try connection.copyOut(
                """
                copy (select * from directory.\(table) where idp_id = '\(id)' order by \(key))
                to stdout (format binary)
                """
            )
        }
    }

    private func seconds(_ users: CopyRows, _ memberships: CopyRows) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await database.transaction { connection in
            try connection.copy("copy copy_limit.users from stdin (format binary)", users)
            try connection.copy("copy copy_limit.memberships from stdin (format binary)", memberships)
        }
        return (clock.now - start) / .seconds(1)
    }
}
