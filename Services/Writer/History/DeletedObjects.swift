import Messages
import Postgres

/// Keeps `directory.deleted_objects`: what objects were whose rows are deleted.
enum DeletedObjects {
    /// Keeps what people were before a run that deletes their rows, as another has their key or they have another one.
    ///
    /// - Throws: ``PostgresError``.
    static func keep(
        _ keys: [DirectoryKey],
        of id: IdentityProviderID,
        in source: SourceSegment,
        on connection: isolated Connection
    ) throws {
        guard !keys.isEmpty else { return }
        let epoch = source.standing.position.epoch.rawValue
        try Images.make(on: connection)
        try connection.run(
            """
            insert into deleted_objects (idp_id, kind, object, at, epoch, external_id, user_id, image)
            select u.idp_id, 'user', u.directory_key, \(source.run.requestedAt.description)::timestamptz,
                \(epoch)::bigint, u.external_id, u.id, jsonb_strip_nulls(
                    coalesce((
                        select i.image from kept_images i
                        where i.idp_id = u.idp_id and i.kind = 'user' and i.object = u.directory_key
                    ), image(u)) || coalesce((
                        select r.before from run_objects r
                        where r.idp_id = \(id.uuid) and r.epoch = \(epoch) and r.kind = 'user' and r.object = u.directory_key
                    ), '{}')
                )
            from users u
            where u.idp_id = \(id.uuid) and u.directory_key = any(\(keys.map(\.text))::text[])
            on conflict do nothing
            """
        )
    }

    /// Keeps what people are whose grace period is over.
    ///
    /// - Parameters:
    ///   - condition: Which rows of `directory.users u`.
    ///   - days: How long the period is: it is over then, whenever somebody comes to delete them.
    /// - Throws: ``PostgresError``.
    static func keep(
        users condition: SQL,
        of id: IdentityProviderID,
        after days: Int,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into deleted_objects (idp_id, kind, object, at, external_id, user_id, image)
            select u.idp_id, 'user', u.directory_key, u.removed_at + make_interval(days => \(days)::integer),
                u.external_id, u.id, jsonb_strip_nulls(image(u))
            from users u where u.idp_id = \(id.uuid) and \(condition)
            on conflict do nothing
            """
        )
    }

    /// As ``keep(users:of:after:on:)``, of departments.
    ///
    /// - Parameter condition: Which rows of `directory.departments d`.
    /// - Throws: ``PostgresError``.
    static func keep(
        departments condition: SQL,
        of id: IdentityProviderID,
        after days: Int,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into deleted_objects (idp_id, kind, object, at, external_id, image)
            select d.idp_id, 'department', d.external_id::text,
                d.removed_at + make_interval(days => \(days)::integer), d.external_id::text,
                jsonb_strip_nulls(image(d))
            from departments d where d.idp_id = \(id.uuid) and \(condition)
            on conflict do nothing
            """
        )
    }
}
