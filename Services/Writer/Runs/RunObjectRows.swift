import FoundationEssentials
import Messages
import Postgres

/// Keeps `directory.run_objects`: what runs did to which object, with what each was before and is after.
///
/// Who and what is new is not among the rows, as a first run has many: `created_at` is the time of the run that brought
/// them, and nothing changes it. Only where such a row is deleted, or somebody else takes its key, one is written here.
enum RunObjectRows {
    /// Whether anything is told of a row `o`. An object that a run wrote anew as it was, as where a rule is new that gives
    /// it nothing, has a row for its times and digests alone.
    static let isTold: SQL = "(o.change <> 'updated' or not o.is_as_before)"

    /// Writes down what a transaction did for a run.
    ///
    /// - Throws: ``PostgresError``.
    static func write(
        _ objects: RunObjects,
        _ source: SourceSegment,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        let epoch = source.standing.position.epoch
        if !objects.isEmpty {
            try write(objects, of: id, by: epoch, at: source.run.requestedAt, on: connection)
        }
        try writeRejected(source, of: id, by: epoch, on: connection)
        if source.ending != nil { try writeHeld(of: id, by: epoch, on: connection) }
    }

    private static func write(
        _ objects: RunObjects,
        of id: IdentityProviderID,
        by epoch: Epoch,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws {
        try Images.make(on: connection)
        if !objects.users.isEmpty { try connection.run(users(objects, of: id, by: epoch, at: time) + unlessLess) }
        guard !objects.departments.isEmpty else { return }
        try connection.run(departments(objects, of: id, by: epoch, at: time) + unlessLess)
    }

    /// It looks up each object's row by its key, as a join might read the whole table instead, and leaves out what the same
    /// run brought.
    private static func users(
        _ objects: RunObjects,
        of id: IdentityProviderID,
        by epoch: Epoch,
        at time: Timestamp
    ) -> SQL {
        let users = Array(objects.users)
        return """
            insert into run_objects as present
                (idp_id, epoch, kind, object, external_id, user_id, change, reason, at, before, after)
            select \(id.uuid)::uuid, \(epoch.rawValue)::bigint, 'user', u.directory_key, u.external_id, noted.id,
                noted.change, noted.reason, \(time.description)::timestamptz,
                difference(kept.image, u.image), difference(u.image, kept.image)
            from unnest(\(users.map(\.key.uuid))::uuid[], \(users.map(\.value.what.rawValue))::text[],
                \(users.map(\.value.reason?.rawValue))::text[]) as noted (id, change, reason)
            cross join lateral (
                select directory_key, external_id, created_at, image(users) as image from users
                where id = noted.id and idp_id = \(id.uuid) limit 1
            ) u
            left join lateral (
                select image from kept_images
                where idp_id = \(id.uuid) and kind = 'user' and object = u.directory_key limit 1
            ) kept on true
            where u.created_at <> \(time.description)::timestamptz

            """
    }

    private static func departments(
        _ objects: RunObjects,
        of id: IdentityProviderID,
        by epoch: Epoch,
        at time: Timestamp
    ) -> SQL {
        let departments = Array(objects.departments)
        return """
            insert into run_objects as present
                (idp_id, epoch, kind, object, external_id, change, reason, at, before, after)
            select \(id.uuid)::uuid, \(epoch.rawValue)::bigint, 'department', noted.id::text, noted.id::text,
                noted.change, noted.reason, \(time.description)::timestamptz,
                difference(kept.image, d.image), difference(d.image, kept.image)
            from unnest(\(departments.map(\.key))::bigint[], \(departments.map(\.value.what.rawValue))::text[],
                \(departments.map(\.value.reason?.rawValue))::text[]) as noted (id, change, reason)
            cross join lateral (
                select created_at, image(departments) as image from departments
                where idp_id = \(id.uuid) and external_id = noted.id limit 1
            ) d
            left join lateral (
                select image from kept_images
                where idp_id = \(id.uuid) and kind = 'department' and object = noted.id::text limit 1
            ) kept on true
            where d.created_at <> \(time.description)::timestamptz

            """
    }

    /// Where an object has a row of the run, what says more stays, and what it was before the run.
    static let unlessLess: SQL = """
        on conflict (idp_id, epoch, kind, object) do update set (external_id, user_id, change, reason, hold) = (
            select most.external_id, most.user_id, most.change, most.reason, most.hold
            from (values (present.external_id, present.user_id, present.change, present.reason, present.hold, 1),
                (excluded.external_id, excluded.user_id, excluded.change, excluded.reason, excluded.hold, 2))
                as most (external_id, user_id, change, reason, hold, turn)
            order by weight(most.change) desc, most.turn desc limit 1
        ), (before, after) = (
            select difference(was, now), difference(now, was)
            from (select excluded.before || present.before as was, present.after || excluded.after as now) both_changes
            where excluded.before is not null and present.before is not null
            union all
            select coalesce(present.before, excluded.before), coalesce(present.after, excluded.after)
            where excluded.before is null or present.before is null
        )
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
            insert into run_objects as present
                (idp_id, epoch, kind, object, external_id, user_id, change, reason, hold, at)
            select m.idp_id, m.decided_epoch, m.kind, m.object, m.entry ->> 'externalID', u.id, 'held',
                m.entry ->> 'reason', m.entry ->> 'hold', r.requested_at
            from missing m
            join runs r on r.idp_id = m.idp_id and r.epoch = m.decided_epoch
            left join users u on m.kind = 'user' and u.idp_id = m.idp_id and u.directory_key = m.object
            where m.idp_id = \(id.uuid) and m.decided_epoch = \(epoch.rawValue) and m.state in ('held', 'kept')

            """
        try connection.run(statement + unlessLess)
    }

    /// Writes down what a run that undoes another one has left as it is.
    ///
    /// - Throws: ``PostgresError``.
    static func write(
        skipped plans: [Undoing.Plan],
        _ kind: DirectoryObject.Kind,
        _ source: SourceSegment,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        let skipped = plans.filter(\.isSkipped)
        guard !skipped.isEmpty else { return }
        try connection.run(
            """
            insert into run_objects
                (idp_id, epoch, kind, object, external_id, user_id, change, reason, at)
            select \(id.uuid)::uuid, \(source.standing.position.epoch.rawValue)::bigint, \(kind.rawValue)::text,
                noted.object, noted.external_id, (
                    select u.id from users u
                    where \(kind == .user) and u.idp_id = \(id.uuid) and u.directory_key = noted.object
                ), 'skipped', noted.reason, \(source.run.requestedAt.description)::timestamptz
            from unnest(\(skipped.map(\.object))::text[], \(skipped.map(\.externalID))::text[],
                \(skipped.map(\.reason?.rawValue))::text[]) as noted (object, external_id, reason)
            on conflict do nothing
            """
        )
    }
}
