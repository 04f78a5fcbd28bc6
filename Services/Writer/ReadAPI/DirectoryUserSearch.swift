import Messages
import Postgres

/// Looks for people of whom there may be many or none.
///
/// Where many are meant, the first of them stand soon in the order of their keys; where few are, everybody has to be looked
/// at, and reading the table from end to end costs a tenth of going through it in the order of an index. Which of both it is
/// PostgreSQL cannot know of a text, so that it is tried out.
struct DirectoryUserSearch {
    /// How many people are looked at in the order of their keys before everybody is.
    static let trial = 2_000

    let provider: IdentityProviderID
    let filter: DirectoryUserFilter
    let cursor: String
    let limit: Int

    /// The keys of the first ones that are meant, in their order.
    ///
    /// - Throws: ``PostgresError``.
    func keys(on connection: isolated Connection) throws -> [String] {
        let first = try tryOut(on: connection)
        if first.count >= limit { return first }
        // An order that no index has: PostgreSQL takes a text for one that many have, and would go by the index again.
        return try connection.run(
            """
            select u.directory_key from users u
            where \(filter.range(of: provider, after: cursor)) and \(filter.match)
            order by u.directory_key || '' limit \(limit)
            """
        ).map { try $0.decode(String.self) }
    }

    /// Who is meant of the first ones. Nobody is looked at once there are enough.
    private func tryOut(on connection: isolated Connection) throws -> [String] {
        try connection.run(
            """
            select directory_key from (
                select u.directory_key, \(filter.match) as is_meant from users u
                where \(filter.range(of: provider, after: cursor))
                order by u.directory_key limit \(Self.trial)
            ) first
            where is_meant limit \(limit)
            """
        ).map { try $0.decode(String.self) }
    }
}
