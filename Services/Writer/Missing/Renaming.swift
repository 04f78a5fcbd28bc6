import FoundationEssentials
import Messages
import Postgres

/// Gives people whose user ids changed their places back: whoever came under the new id becomes who was there under the
/// old one, with the same id of ours.
struct Renaming {
    let identityProvider: IdentityProviderID
    let generation: Generation
    /// The rows' new time.
    let time: Timestamp

    /// The keys of one person, before and now.
    struct Pair: Equatable {
        let from: DirectoryKey
        let to: DirectoryKey
        /// What it is now, as WeCom spells it.
        let externalID: String
    }

    /// Pairs of which both rows are there, and neither tells that they are two humans; the new one is not missing.
    ///
    /// - Returns: Those first whom the directory has had for longest.
    /// - Throws: ``PostgresError``.
    func possible(_ pairs: [Pair], on connection: isolated Connection) throws -> [Pair] {
        guard !pairs.isEmpty else { return [] }
        let keys = pairs.flatMap { [$0.from.text, $0.to.text] }
        var known: [String: (likeness: Likeness, order: Int, isMissing: Bool)] = [:]
        let rows = try connection.run(
            """
            select u.directory_key, u.likeness, exists (
                select from missing m
                where m.idp_id = u.idp_id and m.kind = 'user' and m.object = u.directory_key
                    and not (m.entry ->> 'isReused')::boolean
                    and m.entry ->> 'reason' is distinct from \(LossReason.disabledInWeCom.rawValue)
            )
            from users u
            where u.idp_id = \(identityProvider.uuid) and u.generation = \(generation.rawValue)
                and u.removed_at is null and u.directory_key = any(\(keys)::text[])
            order by u.created_at, u.directory_key
            """
        )
        for (order, row) in rows.enumerated() {
            let (key, likeness, isMissing) = try row.decode(String.self, Int64.self, Bool.self)
            known[key] = (Likeness(rawValue: likeness), order, isMissing)
        }
        return pairs.filter { pair in
            guard pair.from != pair.to, let before = known[pair.from.text], let now = known[pair.to.text] else {
                return false
            }
            return !now.isMissing && !now.likeness.isAnother(than: before.likeness)
        }.sorted { known[$0.from.text]?.order ?? 0 < known[$1.from.text]?.order ?? 0 }
    }

    /// Has the counts of a run tell those who have other user ids now as changed, whatever it made of their records
    /// before: they are not new after all, and are other than before though their records are not, or could not be taken.
    ///
    /// - Throws: ``PostgresError``.
    func recount(
        _ pairs: [Pair],
        in counts: inout RunCounts.Objects,
        of epoch: Epoch,
        on connection: isolated Connection
    ) throws {
        guard !pairs.isEmpty else { return }
        let (created, rejected, unchanged) = try connection.run(
            """
            select count(*) filter (where is_new), count(*) filter (where not is_new and change = 'rejected'),
                count(*) filter (where not is_new and change is null)
            from (
                select u.created_at = \(time.description)::timestamptz as is_new, o.change
                from users u left join run_objects o on o.idp_id = u.idp_id
                    and o.epoch = \(epoch.rawValue) and o.kind = 'user' and o.object = u.directory_key
                where u.idp_id = \(identityProvider.uuid) and u.directory_key = any(\(pairs.map(\.to.text))::text[])
            ) people
            """
        )[0].decode(Int.self, Int.self, Int.self)
        counts.created -= created
        counts.rejected -= rejected
        counts.unchanged -= unchanged
        counts.updated += created + rejected + unchanged
    }

    /// - Returns: What is told of it: the ids that the new user ids had for a moment are gone.
    /// - Throws: ``PostgresError``.
    func apply(_ pairs: [Pair], on connection: isolated Connection) throws -> [DirectoryChanges.UserChange] {
        guard !pairs.isEmpty else { return [] }
        let (from, to) = (pairs.map(\.from.text), pairs.map(\.to.text))
        try Images.keep(users: "u.directory_key = any(\(to)::text[])", of: identityProvider, on: connection)
        let deleted = try connection.run(
            """
            select id, external_id from users
            where idp_id = \(identityProvider.uuid) and directory_key = any(\(to)::text[]) order by external_id
            """
        ).map { row in
            let (id, externalID) = try row.decode(UUID.self, String.self)
            return DirectoryChanges.UserChange(deleted: UserID(id), externalID: externalID)
        }
        let renamed = try connection.run(
            """
            with gone as (
                delete from users
                where idp_id = \(identityProvider.uuid) and directory_key = any(\(from)::text[])
                returning directory_key, id, created_at
            ), pair as (
                select gone.id, gone.created_at, pairs.new_key
                from unnest(\(from)::text[], \(to)::text[]) as pairs (old_key, new_key)
                join gone on gone.directory_key = pairs.old_key
            ), without as (
                delete from memberships
                where idp_id = \(identityProvider.uuid) and directory_key = any(\(from)::text[])
            )
            update users u
            set id = pair.id, created_at = pair.created_at, updated_at = \(time.description)::timestamptz
            from pair where u.idp_id = \(identityProvider.uuid) and u.directory_key = pair.new_key
            returning \(DirectoryChanges.UserChange.columns(of: identityProvider))
            """
        ).map { try DirectoryChanges.UserChange($0, kind: .updated) }
        // The old key is another human's, should it come again.
        try FormerUsers.note(
            pairs.map { FormerUsers.Former(key: $0.from, id: nil, removedAt: time, likeness: .unknown) },
            of: identityProvider,
            generation,
            on: connection
        )
        try Losses.forget(.user, from, of: identityProvider, on: connection)
        return deleted + renamed.sorted { $0.externalID < $1.externalID }
    }
}
