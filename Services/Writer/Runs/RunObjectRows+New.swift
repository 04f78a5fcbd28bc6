import FoundationEssentials
import Messages
import Postgres

/// What is kept of who and what is new, once their own rows do not say it any more.
extension RunObjectRows {
    /// Writes down who is new by which run, before their rows are deleted.
    ///
    /// - Parameter condition: Which rows of `directory.users`.
    /// - Throws: ``PostgresError``.
    static func keepNew(
        users condition: SQL,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        let statement: SQL = """
            insert into run_objects as present
                (idp_id, epoch, kind, object, external_id, user_id, change, at)
            select u.idp_id, r.epoch, 'user', u.directory_key, u.external_id, u.id, 'created', r.requested_at
            from users u
            join runs r on r.idp_id = u.idp_id and r.requested_at = u.created_at
            where u.idp_id = \(id.uuid) and \(condition)

            """
        try connection.run(statement + unlessLess)
    }

    /// Writes down which departments are new by which run, before their rows are deleted.
    ///
    /// - Parameter condition: Which rows of `directory.departments`.
    /// - Throws: ``PostgresError``.
    static func keepNew(
        departments condition: SQL,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        let statement: SQL = """
            insert into run_objects as present (idp_id, epoch, kind, object, external_id, change, at)
            select d.idp_id, r.epoch, 'department', d.external_id::text, d.external_id::text, 'created', r.requested_at
            from departments d
            join runs r on r.idp_id = d.idp_id and r.requested_at = d.created_at
            where d.idp_id = \(id.uuid) and \(condition)

            """
        try connection.run(statement + unlessLess)
    }

    /// Before somebody else takes their keys, whom the run removed and now deletes: by that key it has somebody new.
    ///
    /// - Throws: ``PostgresError``.
    static func replace(
        _ keys: [DirectoryKey],
        of id: IdentityProviderID,
        in source: SourceSegment,
        on connection: isolated Connection
    ) throws {
        guard !keys.isEmpty else { return }
        let texts = keys.map(\.text)
        try DeletedObjects.keep(keys, of: id, in: source, on: connection)
        try keepNew(users: "u.directory_key = any(\(texts)::text[])", of: id, on: connection)
        try connection.run(
            """
            delete from run_objects
            where idp_id = \(id.uuid) and epoch = \(source.standing.position.epoch.rawValue) and kind = 'user'
                and object = any(\(texts)::text[])
            """
        )
    }

    /// Before people who came under new user ids become who they were under the old ones: an earlier run than this may
    /// have brought them.
    ///
    /// - Throws: ``PostgresError``.
    static func rename(
        _ pairs: [Renaming.Pair],
        of id: IdentityProviderID,
        in source: SourceSegment,
        on connection: isolated Connection
    ) throws {
        guard !pairs.isEmpty else { return }
        try DeletedObjects.keep(pairs.map(\.from), of: id, in: source, on: connection)
        let time = source.run.requestedAt.description
        try keepNew(
            users: """
                u.directory_key = any(\(pairs.map(\.to.text))::text[]) and u.created_at <> \(time)::timestamptz
                """,
            of: id,
            on: connection
        )
    }
}
