import FoundationEssentials
import Messages
import Postgres

/// Keeps `directory.run_objects`: what runs did to which object.
///
/// Who and what is new is not among the rows, as a first run has many: `created_at` is the time of the run that brought
/// them, and nothing changes it. Only where such a row is deleted, or somebody else takes its key, one is written here.
enum RunObjectRows {
    /// Writes down what a transaction did for a run.
    ///
    /// - Throws: ``PostgresError``.
    static func write(
        _ objects: RunObjects,
        _ source: SourceSegment,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        guard !source.run.isDryRun else { return }
        let epoch = source.standing.position.epoch
        if !objects.isEmpty {
            try write(objects, of: id, by: epoch, at: source.run.requestedAt, on: connection)
        }
        try writeRejected(source, of: id, by: epoch, on: connection)
        if source.ending != nil { try writeHeld(of: id, by: epoch, on: connection) }
    }

    /// In one statement. It looks up each object's row by its key, as a join might read the whole table instead, and leaves
    /// out what the same run brought.
    private static func write(
        _ objects: RunObjects,
        of id: IdentityProviderID,
        by epoch: Epoch,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws {
        let (users, departments) = (Array(objects.users), Array(objects.departments))
        let statement: SQL = """
            insert into directory.run_objects as present
                (idp_id, epoch, kind, object, external_id, user_id, change, reason)
            select \(id.uuid)::uuid, \(epoch.rawValue)::bigint, 'user', u.directory_key, u.external_id, noted.id,
                noted.change, noted.reason
            from unnest(\(users.map(\.key.uuid))::uuid[], \(users.map(\.value.what.rawValue))::text[],
                \(users.map(\.value.reason?.rawValue))::text[]) as noted (id, change, reason)
            cross join lateral (
                select directory_key, external_id, created_at from directory.users
                where id = noted.id and idp_id = \(id.uuid) limit 1
            ) u
            where u.created_at <> \(time.description)::timestamptz
            union all
            select \(id.uuid)::uuid, \(epoch.rawValue)::bigint, 'department', noted.id::text, noted.id::text, null,
                noted.change, null
            from unnest(\(departments.map(\.key))::bigint[], \(departments.map(\.value.what.rawValue))::text[])
                as noted (id, change)
            cross join lateral (
                select created_at from directory.departments
                where idp_id = \(id.uuid) and external_id = noted.id limit 1
            ) d
            where d.created_at <> \(time.description)::timestamptz

            """
        try connection.run(statement + unlessLess)
    }

    /// Where an object has a row of the run, what says more stays.
    static let unlessLess: SQL = """
        on conflict (idp_id, epoch, kind, object) do update set external_id = excluded.external_id,
            user_id = excluded.user_id, change = excluded.change, reason = excluded.reason, hold = excluded.hold
        where directory.weight(excluded.change) >= directory.weight(present.change)
        """

    /// Writes down what the run `epoch` has held, or kept, and no run before it.
    ///
    /// - Throws: ``PostgresError``.
    static func writeHeld(
        of id: IdentityProviderID,
        by epoch: Epoch,
        on connection: isolated Connection
    ) throws {
        let statement: SQL = """
            insert into directory.run_objects as present
                (idp_id, epoch, kind, object, external_id, user_id, change, reason, hold)
            select m.idp_id, m.decided_epoch, m.kind, m.object, m.entry ->> 'externalID', u.id, 'held',
                m.entry ->> 'reason', m.entry ->> 'hold'
            from directory.missing m
            left join directory.users u on m.kind = 'user' and u.idp_id = m.idp_id and u.directory_key = m.object
            where m.idp_id = \(id.uuid) and m.decided_epoch = \(epoch.rawValue) and m.state in ('held', 'kept')

            """
        try connection.run(statement + unlessLess)
    }
}
