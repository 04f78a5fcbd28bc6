import Messages
import Postgres

/// What objects are before a transaction changes them, so that what became of them can be written down with both
/// (``RunObjectRows``).
///
/// By the whole rows, whatever columns they have. The first image of a transaction counts.
enum Images {
    /// Keeps what people are.
    ///
    /// - Parameter condition: Which rows of `directory.users u`.
    /// - Throws: ``PostgresError``.
    static func keep(
        users condition: SQL,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        try keep(
            """
            select u.idp_id, 'user', u.directory_key, image(u) from users u
            where u.idp_id = \(id.uuid) and \(condition)
            """,
            on: connection
        )
    }

    /// Keeps what departments are.
    ///
    /// - Parameter condition: Which rows of `directory.departments d`.
    /// - Throws: ``PostgresError``.
    static func keep(
        departments condition: SQL,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        try keep(
            """
            select d.idp_id, 'department', d.external_id::text, image(d) from departments d
            where d.idp_id = \(id.uuid) and \(condition)
            """,
            on: connection
        )
    }

    /// Which objects of those kept are other than they were, but for their times and digests.
    ///
    /// - Throws: ``PostgresError``.
    static func changed(of id: IdentityProviderID, on connection: isolated Connection) throws -> [DirectoryObject] {
        let rows = try connection.run(
            """
            select kept.kind, kept.object from kept_images kept
            left join users u
                on kept.kind = 'user' and u.idp_id = kept.idp_id and u.directory_key = kept.object
            left join departments d
                on kept.kind = 'department' and d.idp_id = kept.idp_id and d.external_id::text = kept.object
            where kept.idp_id = \(id.uuid) and content(kept.image) is distinct from content(
                case when u.idp_id is not null then image(u) else image(d) end
            )
            order by kept.kind, kept.object
            """
        )
        return try rows.map { row in
            let (kind, object) = try row.decode(String.self, String.self)
            return DirectoryObject(kind == "user" ? .user : .department, object)
        }
    }

    private static func keep(_ images: SQL, on connection: isolated Connection) throws {
        try make(on: connection)
        try connection.run("insert into kept_images " + images + " on conflict do nothing")
    }

    /// What comes next counts as if it were a transaction of its own.
    ///
    /// - Throws: ``PostgresError``.
    static func forget(_ id: IdentityProviderID, on connection: isolated Connection) throws {
        try make(on: connection)
        try connection.run("delete from kept_images where idp_id = \(id.uuid)")
    }

    /// Has the table there, be it empty.
    ///
    /// - Throws: ``PostgresError``.
    static func make(on connection: isolated Connection) throws {
        try connection.execute(
            """
            create temporary table if not exists kept_images (
                idp_id uuid, kind text collate "C", object text collate "C", image jsonb,
                primary key (idp_id, kind, object)
            ) on commit delete rows
            """
        )
    }
}
