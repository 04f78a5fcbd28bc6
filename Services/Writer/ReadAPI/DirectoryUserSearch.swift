import Messages
import Postgres

/// Looks for people of whom there may be many or none.
///
/// Where many are meant, the first of them stand soon in the order of their keys; where few are, everybody has to be looked
/// at, and reading the table from end to end costs a tenth of going through it in the order of an index. Which of both it is
/// PostgreSQL cannot know of a text, so that it is tried out.
struct DirectoryUserSearch {
    /// How many people are looked at in the order of their keys before everybody is.
    static let trial = 1_000

    let provider: IdentityProviderID
    let filter: DirectoryUserFilter
    let cursor: String
    let limit: Int

    /// The keys of the first ones that are meant, in their order.
    ///
    /// - Throws: ``PostgresError``.
    func keys(on connection: isolated Connection) throws -> [String] {
        let (found, seen) = try tryOut(on: connection)
        if found.count >= limit || seen < Self.trial { return Array(found.prefix(limit)) }
        // An order that no index has: PostgreSQL takes a text for one that many have, and would go by the index again.
        return try connection.run(
            """
            select u.directory_key from directory.users u
            where \(filter.range(of: provider, after: cursor)) and \(filter.match)
            order by u.directory_key || '' limit \(limit)
            """
        ).map { try $0.decode(String.self) }
    }

    /// Who is meant of the first ones, and how many those are.
    private func tryOut(on connection: isolated Connection) throws -> (found: [String], seen: Int) {
        let rows = try connection.run(
            """
            select coalesce(array_agg(directory_key order by directory_key) filter (where is_meant), '{}'), count(*)
            from (
                select u.directory_key, \(filter.match) as is_meant from directory.users u
                where \(filter.range(of: provider, after: cursor))
                order by u.directory_key limit \(Self.trial)
            ) first
            """
        )
        return try rows[0].decode([String].self, Int.self)
    }
}
