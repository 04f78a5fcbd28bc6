import FoundationEssentials
import Messages
import Postgres

/// Puts the people and departments of an identity provider as the log has them in the place of those in use, in one
/// transaction: whoever reads sees all of the ones or all of the others. Only rows that differ are written.
///
/// What else the live directory has of the identity provider stays: the ids of its people, since when they are there, their
/// history, who was removed for good, plans, what is held and missing, losses, runs and positions.
///
/// There is no way back but a backup.
enum DirectorySwitch {
    /// How many people would be added under an id that somebody else in use has.
    static func takenIDs(of id: IdentityProviderID, on connection: isolated Connection) throws -> Int {
        let rows = try connection.run(
            """
            select count(*) from rebuild_differences d
            join directory_rebuilt.users rebuilt on rebuilt.idp_id = \(id.uuid) and rebuilt.directory_key = d.object
            join directory.users live on live.idp_id = rebuilt.idp_id and live.id = rebuilt.id
            where d.kind = 'user' and d.difference = 'missing' and not exists (
                select from rebuild_differences gone
                where gone.kind = 'user' and gone.difference = 'surplus' and gone.object = live.directory_key
            )
            """
        )
        return try rows[0].decode(Int.self)
    }

    /// - Parameters:
    ///   - isTrimmed: As ``DirectoryDifferences`` were found.
    ///   - isWhole: Whether a run in the log has shown everybody.
    /// - Throws: `PostgresError`.
    static func perform(
        of id: IdentityProviderID,
        isTrimmed: Bool,
        isWhole: Bool,
        on connection: isolated Connection
    ) throws {
        try deleteSurplus(of: id, on: connection)
        try update(of: id, isTrimmed, on: connection)
        try insertMissing(of: id, on: connection)
        try replaceMemberships(of: id, on: connection)
        try touch(of: id, on: connection)
        // By the next fence a writer that has the identity provider in memory finds that it has to read it anew, and all
        // of it is told anew before anything newer.
        try connection.run(
            """
            update directory.sources set fence = fence + 1, announced = null, is_whole = is_whole or \(isWhole)
            where idp_id = \(id.uuid)
            """
        )
    }

    private static func deleteSurplus(of id: IdentityProviderID, on connection: isolated Connection) throws {
        for table: SQL in ["directory.missing", "directory.losses"] {
            try connection.run(
                """
                delete from \(table) t using rebuild_differences d
                where t.idp_id = \(id.uuid) and t.kind = d.kind and t.object = d.object and d.difference = 'surplus'
                """
            )
        }
        for table: SQL in ["directory.memberships", "directory.users"] {
            try connection.run(
                """
                delete from \(table) t using rebuild_differences d
                where t.idp_id = \(id.uuid) and t.directory_key = d.object and d.kind = 'user'
                    and d.difference = 'surplus'
                """
            )
        }
        try connection.run(
            """
            delete from directory.departments t using rebuild_differences d
            where t.idp_id = \(id.uuid) and t.external_id::text = d.object and d.kind = 'department'
                and d.difference = 'surplus'
            """
        )
    }

    private static func update(
        of id: IdentityProviderID,
        _ isTrimmed: Bool,
        on connection: isolated Connection
    ) throws {
        // Of whom the log tells all, it tells also what tells them from others.
        let likeness: SQL = isTrimmed ? "" : ", likeness = rebuilt.likeness"
        try connection.run(
            """
            update directory.users live set \(assignments(ComparedColumn.people(isTrimmed)))\(likeness)
            from directory_rebuilt.users rebuilt, rebuild_differences d
            where live.idp_id = \(id.uuid) and rebuilt.idp_id = \(id.uuid)
                and rebuilt.directory_key = live.directory_key and d.object = live.directory_key
                and d.kind = 'user' and d.difference = 'changed'
            """
        )
        try connection.run(
            """
            update directory.departments live set \(assignments(ComparedColumn.departments(isTrimmed)))
            from directory_rebuilt.departments rebuilt, rebuild_differences d
            where live.idp_id = \(id.uuid) and rebuilt.idp_id = \(id.uuid)
                and rebuilt.external_id = live.external_id and d.object = live.external_id::text
                and d.kind = 'department' and d.difference = 'changed'
            """
        )
    }

    private static func assignments(_ columns: [ComparedColumn]) -> SQL {
        SQL(stringLiteral: columns.map(\.assignment).joined(separator: ", "))
    }

    private static func insertMissing(of id: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run(
            """
            insert into directory.users select rebuilt.* from directory_rebuilt.users rebuilt
            join rebuild_differences d on d.object = rebuilt.directory_key
            where rebuilt.idp_id = \(id.uuid) and d.kind = 'user' and d.difference = 'missing'
            """
        )
        try connection.run(
            """
            insert into directory.departments select rebuilt.* from directory_rebuilt.departments rebuilt
            join rebuild_differences d on d.object = rebuilt.external_id::text
            where rebuilt.idp_id = \(id.uuid) and d.kind = 'department' and d.difference = 'missing'
            """
        )
    }

    /// Where people belong who are added, or belong elsewhere by the log.
    private static func replaceMemberships(of id: IdentityProviderID, on connection: isolated Connection) throws {
        let isReplaced: SQL = """
            d.kind = 'user' and (d.difference = 'missing' or d.difference = 'changed' and 'memberships' = any(d.fields))
            """
        try connection.run(
            """
            delete from directory.memberships m using rebuild_differences d
            where m.idp_id = \(id.uuid) and m.directory_key = d.object and \(isReplaced)
            """
        )
        try connection.run(
            """
            insert into directory.memberships select m.* from directory_rebuilt.memberships m
            join rebuild_differences d on d.object = m.directory_key
            where m.idp_id = \(id.uuid) and \(isReplaced)
            """
        )
    }

    /// Whoever asks for what has changed since finds them.
    private static func touch(of id: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run(
            """
            update directory.users u set updated_at = date_trunc('milliseconds', now()) from rebuild_differences d
            where u.idp_id = \(id.uuid) and u.directory_key = d.object and d.kind = 'user'
            """
        )
        try connection.run(
            """
            update directory.departments t set updated_at = date_trunc('milliseconds', now())
            from rebuild_differences d
            where t.idp_id = \(id.uuid) and t.external_id::text = d.object and d.kind = 'department'
            """
        )
    }
}
