import FoundationEssentials
import Messages
import Postgres

/// Keeps `directory.missing`.
enum MissingRows {
    /// All of an identity provider's, or those that fulfil a condition, in their order.
    ///
    /// - Parameter rows: How many at most; `nil` for all of them.
    /// - Throws: ``PostgresError``.
    static func load(
        of identityProvider: IdentityProviderID,
        where condition: SQL = "true",
        rows: Int? = nil,
        on connection: isolated Connection
    ) throws -> [MissingObject] {
        let source: SQL = "select entry::text from missing where idp_id = \(identityProvider.uuid) and "
        let order: SQL = " order by kind, object limit \(rows)::bigint"
        return try connection.run(source + condition + order).map { row in
            try MessageJSON.decoder.decode(MissingObject.self, from: Data(try row.decode(String.self).utf8))
        }
    }

    /// The next of all of an identity provider's, so that there may be however many.
    ///
    /// - Parameter last: The last of those that were met already; it may be forgotten meanwhile.
    /// - Throws: ``PostgresError``.
    static func load(
        of identityProvider: IdentityProviderID,
        after last: MissingObject?,
        rows: Int,
        on connection: isolated Connection
    ) throws -> [MissingObject] {
        guard let last else { return try load(of: identityProvider, rows: rows, on: connection) }
        let rest: SQL = "(kind, object) > (\(last.kind.rawValue)::text, \(last.key)::text)"
        return try load(of: identityProvider, where: rest, rows: rows, on: connection)
    }

    /// Those of these objects, by the keys of their rows, that are missing.
    ///
    /// - Throws: ``PostgresError``.
    static func load(
        _ objects: [DirectoryObject],
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> [MissingObject] {
        guard !objects.isEmpty else { return [] }
        let names: SQL = """
            (kind, object) in (
                select * from unnest(\(objects.map(\.kind.rawValue))::text[], \(objects.map(\.externalID))::text[])
            )
            """
        return try load(of: identityProvider, where: names, on: connection)
    }

    /// How many people and departments somebody has to decide about.
    ///
    /// - Throws: ``PostgresError``.
    static func held(of identityProvider: IdentityProviderID, on connection: isolated Connection) throws -> Int {
        let rows = try connection.run(
            "select count(*) from missing where idp_id = \(identityProvider.uuid) and state = 'held'"
        )
        return try rows[0].decode(Int.self)
    }

    /// Writes rows as they are now, as of the run `epoch`.
    ///
    /// - Throws: ``PostgresError``.
    static func save(
        _ objects: [MissingObject],
        of identityProvider: IdentityProviderID,
        in epoch: Epoch,
        on connection: isolated Connection
    ) throws {
        guard !objects.isEmpty else { return }
        try connection.run(
            """
            insert into missing as present (idp_id, kind, object, state, epoch, decided_epoch, entry)
            select \(identityProvider.uuid)::uuid, kind, object, state, \(epoch.rawValue)::bigint,
                \(epoch.rawValue)::bigint, entry::jsonb
            from unnest(\(objects.map(\.kind.rawValue))::text[], \(objects.map(\.key))::text[],
                \(objects.map(\.state.rawValue))::text[], \(try objects.map { try jsonText($0) })::text[])
                as changed (kind, object, state, entry)
            on conflict (idp_id, kind, object)
                do update set state = excluded.state, epoch = excluded.epoch, entry = excluded.entry,
                    decided_epoch = case when decision(present.entry) = decision(excluded.entry)
                        then present.decided_epoch else excluded.decided_epoch end
            """
        )
    }

    /// Has the next run ask anew for whom the run `epoch` asked, or waited with; of what was approved it has to be decided
    /// again.
    ///
    /// - Throws: ``PostgresError``.
    static func reopenAsked(
        of identityProvider: IdentityProviderID,
        in epoch: Epoch,
        on connection: isolated Connection
    ) throws {
        let open = try load(of: identityProvider, where: "state in ('asked', 'waiting')", on: connection)
        try save(open.map(\.unasked), of: identityProvider, in: epoch, on: connection)
    }

    /// Forgets those who were seen, or are removed.
    ///
    /// - Throws: ``PostgresError``.
    static func delete(
        _ objects: [MissingObject],
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        guard !objects.isEmpty else { return }
        try connection.run(
            """
            delete from missing m
            using unnest(\(objects.map(\.kind.rawValue))::text[], \(objects.map(\.key))::text[]) as gone (kind, object)
            where m.idp_id = \(identityProvider.uuid) and m.kind = gone.kind and m.object = gone.object
            """
        )
    }

    /// Forgets all, with what was lost: the identity provider is deleted, or another corp has come behind it.
    ///
    /// - Throws: ``PostgresError``.
    static func deleteAll(of identityProvider: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run("delete from missing where idp_id = \(identityProvider.uuid)")
        try connection.run("delete from losses where idp_id = \(identityProvider.uuid)")
    }
}
