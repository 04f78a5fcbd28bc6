import FoundationEssentials
import Messages
import Postgres

/// Keeps `directory.former_users`: which ids people had whose rows are gone, so that who comes back gets the same one
/// and nobody else does.
enum FormerUsers {
    /// A person whose row is gone.
    struct Former {
        let key: DirectoryKey
        /// Nil where the id went on with the person, to another key.
        let id: UserID?
        let removedAt: Timestamp
        /// What told them from another human.
        let likeness: Likeness
    }

    /// - Throws: ``PostgresError``.
    static func note(
        _ people: [Former],
        of identityProvider: IdentityProviderID,
        _ generation: Generation,
        on connection: isolated Connection
    ) throws {
        guard !people.isEmpty else { return }
        try connection.run(
            """
            insert into former_users (idp_id, generation, key_digest, id, removed_at, likeness)
            select \(identityProvider.uuid)::uuid, \(generation.rawValue)::bigint, key, nullif(id, '')::uuid,
                removed_at::timestamptz, likeness
            from unnest(\(people.map(\.key.digest.bytes))::bytea[],
                \(people.map { $0.id?.uuid.uuidString ?? "" })::text[],
                \(people.map(\.removedAt.description))::text[], \(people.map(\.likeness.rawValue))::bigint[])
                as former (key, id, removed_at, likeness)
            on conflict (idp_id, generation, key_digest)
                do update set id = excluded.id, removed_at = excluded.removed_at, likeness = excluded.likeness
            """
        )
    }

    /// The ids that people had.
    ///
    /// - Throws: ``PostgresError``.
    static func ids(
        of keys: [DirectoryKey],
        in identityProvider: IdentityProviderID,
        _ generation: Generation,
        on connection: isolated Connection
    ) throws -> [ContentDigest: UserID] {
        guard !keys.isEmpty else { return [:] }
        var ids: [ContentDigest: UserID] = [:]
        let rows = try connection.run(
            """
            select encode(key_digest, 'hex'), id from former_users
            where idp_id = \(identityProvider.uuid) and generation = \(generation.rawValue) and id is not null
                and key_digest = any(\(keys.map(\.digest.bytes))::bytea[])
            """
        )
        for row in rows {
            let (digest, id) = try row.decode(String.self, UUID.self)
            if let digest = ContentDigest(digest) { ids[digest] = UserID(id) }
        }
        return ids
    }

    /// Forgets people who have rows again.
    ///
    /// - Throws: ``PostgresError``.
    static func forget(
        _ keys: [DirectoryKey],
        of identityProvider: IdentityProviderID,
        _ generation: Generation,
        on connection: isolated Connection
    ) throws {
        guard !keys.isEmpty else { return }
        try connection.run(
            """
            delete from former_users
            where idp_id = \(identityProvider.uuid) and generation = \(generation.rawValue)
                and key_digest = any(\(keys.map(\.digest.bytes))::bytea[])
            """
        )
    }
}
