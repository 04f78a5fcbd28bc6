import Messages
import Postgres

/// Keeps `directory.losses`: who and what lost access by which run, for as long as limits look back.
enum Losses {
    /// What was lost in the times before `time`, by when runs were asked for, never by the clock: a replay counts the
    /// same.
    ///
    /// - Throws: ``PostgresError``.
    static func recent(
        of identityProvider: IdentityProviderID,
        before time: Timestamp,
        on connection: isolated Connection
    ) throws -> RecentLosses {
        let time = time.description
        let rows = try connection.run(
            """
            select kind, count(*) filter (where at > \(time)::timestamptz - interval '1 day'),
                count(*) filter (where at > \(time)::timestamptz - interval '7 days'), count(*)
            from losses
            where idp_id = \(identityProvider.uuid) and at < \(time)::timestamptz
                and at > \(time)::timestamptz - interval '30 days'
            group by kind
            """
        )
        var losses = RecentLosses()
        for row in rows {
            let (kind, day, week, month) = try row.decode(String.self, Int.self, Int.self, Int.self)
            let counts = RecentLosses.Counts(day: day, week: week, month: month)
            if kind == DirectoryObject.Kind.user.rawValue { losses.users = counts } else { losses.departments = counts }
        }
        return losses
    }

    /// How many the run that was asked for at `time` has taken already.
    ///
    /// - Throws: ``PostgresError``.
    static func taken(
        of identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws -> Int {
        let rows = try connection.run(
            """
            select count(*) from losses
            where idp_id = \(identityProvider.uuid) and kind = 'user' and at = \(time.description)::timestamptz
            """
        )
        return try rows[0].decode(Int.self)
    }

    /// Notes who of them was disabled, and forgets who has access again.
    ///
    /// - Throws: ``PostgresError``.
    static func note(
        _ changes: [UserChanges.Change],
        of identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws {
        func keys(_ kind: DirectoryChanges.Kind) -> [String] {
            changes.filter { $0.action == .update(kind) }.map(\.key.text)
        }
        try note(.user, keys(.disabled), of: identityProvider, at: time, on: connection)
        let again = changes.filter { $0.action == .recreate || $0.action == .another }.map(\.key.text)
        try forget(.user, keys(.restored) + again, of: identityProvider, on: connection)
    }

    /// Notes who or what lost access.
    ///
    /// - Throws: ``PostgresError``.
    static func note(
        _ kind: DirectoryObject.Kind,
        _ keys: [String],
        of identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws {
        guard !keys.isEmpty else { return }
        try connection.run(
            """
            insert into losses (idp_id, kind, object, at)
            select \(identityProvider.uuid)::uuid, \(kind.rawValue)::text, lost, \(time.description)::timestamptz
            from unnest(\(keys)::text[]) as lost
            on conflict (idp_id, kind, object) do update set at = excluded.at
            """
        )
    }

    /// Who or what got access back counts no longer.
    ///
    /// - Throws: ``PostgresError``.
    static func forget(
        _ kind: DirectoryObject.Kind,
        _ keys: [String],
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        guard !keys.isEmpty else { return }
        try connection.run(
            """
            delete from losses
            where idp_id = \(identityProvider.uuid) and kind = \(kind.rawValue) and object = any(\(keys)::text[])
            """
        )
    }

    /// Forgets what no limit looks back to any more, seen from `time`.
    ///
    /// - Throws: ``PostgresError``.
    static func forgetOld(
        of identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            delete from losses where idp_id = \(identityProvider.uuid)
                and at < \(time.description)::timestamptz - interval '31 days'
            """
        )
    }
}
