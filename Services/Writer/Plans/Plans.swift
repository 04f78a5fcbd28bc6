import Messages
import Postgres

/// A plan as far as a run has to know it that carries it out.
struct Plan {
    /// Whether it can be carried out.
    enum State: String, CaseIterable, Sendable {
        case ready
        /// It has more objects than can be written at once.
        case tooLarge
        case carriedOut
        /// It is not in this life of the directory, which is made anew from the log.
        case forgotten
    }

    let state: State
    let expiresAt: Timestamp
    let mapping: MappingNumber
}

/// Keeps `directory.plans` and `directory.plan_objects`: what a run would do to which object, as `run_objects` tells what
/// runs did.
struct Plans {
    let identityProvider: IdentityProviderID
    let epoch: Epoch
    let run: SourceSegment.RunHead

    /// For how long a plan can be carried out, where the terms do not say.
    private static let hours = 24

    /// Writes down what the transaction has done for the run so far.
    ///
    /// - Returns: Of how many objects.
    /// - Throws: ``PostgresError``.
    func note(on connection: isolated Connection) throws -> Int {
        try forgetObjects(on: connection)
        try connection.run(noted)
        try connection.run(new)
        return try connection.run(
            """
            select count(*) from plan_objects
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue)
            """
        )[0].decode(Int.self)
    }

    private var time: String { run.requestedAt.description }

    /// What is told of the run, but for who and what came with it.
    private var noted: SQL {
        """
        insert into plan_objects
            (idp_id, epoch, kind, object, external_id, user_id, name, change, reason, hold, before, after)
        select o.idp_id, o.epoch, o.kind, o.object, o.external_id, o.user_id, row.name, o.change, o.reason, o.hold,
            planned(o.before),
            case when o.after ->> 'removed_at' is null then planned(o.after)
                else planned(o.after) - 'removed_at' end
        from run_objects o
        left join lateral (
            select u.display_name as name, u.created_at from users u
            where o.kind = 'user' and u.idp_id = \(identityProvider.uuid) and u.directory_key = o.object
            union all
            select d.name, d.created_at from departments d
            where o.kind = 'department' and d.idp_id = \(identityProvider.uuid) and d.external_id = case o.kind
                when 'department' then o.object::bigint end
        ) row on true
        where o.idp_id = \(identityProvider.uuid) and o.epoch = \(epoch.rawValue) and \(RunObjectRows.isTold)
            and row.created_at is distinct from \(time)::timestamptz
        """
    }

    /// Who and what came with the run: all that there is to know, but what is nothing.
    private var new: SQL {
        """
        insert into plan_objects (idp_id, epoch, kind, object, external_id, name, change, after)
        select u.idp_id, \(epoch.rawValue)::bigint, 'user', u.directory_key, u.external_id, u.display_name, 'created',
            jsonb_strip_nulls(planned(image(u))) - 'id'
        from users u
        where u.idp_id = \(identityProvider.uuid) and u.created_at = \(time)::timestamptz
        union all
        select d.idp_id, \(epoch.rawValue)::bigint, 'department', d.external_id::text, d.external_id::text, d.name,
            'created', jsonb_strip_nulls(planned(image(d)))
        from departments d
        where d.idp_id = \(identityProvider.uuid) and d.created_at = \(time)::timestamptz
        on conflict do nothing
        """
    }

    /// The objects that were noted, so that they outlast what is taken back.
    ///
    /// - Throws: ``PostgresError``.
    func rows(on connection: isolated Connection) throws -> CopyRows {
        try connection.copyOut(
            """
            copy (select * from plan_objects where idp_id = '\(identityProvider.uuid)' and epoch = \(epoch))
            to stdout (format binary)
            """
        )
    }

    /// Of how many objects this run makes something else than the plan that it carries out.
    ///
    /// - Throws: ``PostgresError``.
    func differences(on connection: isolated Connection) throws -> Int {
        let comparison = PlanComparison(identityProvider: identityProvider.uuid, plan: run.plan, found: epoch)
        return try connection.run("select count(*) " + comparison.different())[0].decode(Int.self)
    }

    /// - Throws: ``PostgresError``.
    func forgetObjects(on connection: isolated Connection) throws {
        try connection.run(
            """
            delete from plan_objects
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue)
            """
        )
    }

    /// Keeps the plan of this run.
    ///
    /// - Parameters:
    ///   - rows: Its objects.
    ///   - differences: How many are other than in the plan that was to be carried out.
    /// - Throws: ``PostgresError``.
    func keep(_ rows: CopyRows, differences: Int? = nil, on connection: isolated Connection) throws {
        try forgetObjects(on: connection)
        try connection.copy("copy plan_objects from stdin (format binary)", rows)
        try keep(.ready, objects: 0, differences: differences, on: connection)
        try connection.run(
            """
            update plans p set (objects, digest, counts) = (
                select coalesce(sum(objects), 0), sha256(convert_to(coalesce(string_agg(digest, '' order by kind, change), ''), 'UTF8')),
                    coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'change', change, 'objects', objects)
                        order by kind, change), '[]')
                from (
                    select kind, change, count(*) as objects,
                        string_agg(md5(jsonb_build_array(object, reason, hold, before, after)::text), '' order by object)
                            as digest
                    from plan_objects where idp_id = \(identityProvider.uuid) and epoch = p.epoch
                    group by kind, change
                ) parts
            )
            where p.idp_id = \(identityProvider.uuid) and p.epoch = \(epoch.rawValue)
            """
        )
    }

    /// Keeps how many objects a plan would have that is not kept.
    ///
    /// - Throws: ``PostgresError``.
    func keepTooLarge(_ objects: Int, on connection: isolated Connection) throws {
        try keep(.tooLarge, objects: objects, on: connection)
    }

    /// This run has carried the other one's plan out.
    ///
    /// - Throws: ``PostgresError``.
    func noteCarriedOut(on connection: isolated Connection) throws {
        try keep(.carriedOut, objects: 0, differences: 0, on: connection)
        try connection.run(
            """
            update plans
            set state = \(Plan.State.carriedOut.rawValue), carried_out_epoch = \(epoch.rawValue)
            where idp_id = \(identityProvider.uuid) and epoch = \(run.plan?.rawValue)
            """
        )
        guard run.kind.readsEverything else { return }
        try connection.run(
            """
            update sources set generation = \(run.terms.generation.rawValue),
                user_id_case = \(run.terms.userIDCase.rawValue)
            where idp_id = \(identityProvider.uuid)
            """
        )
    }

    private func keep(
        _ state: Plan.State,
        objects: Int,
        differences: Int? = nil,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into plans
                (idp_id, epoch, state, expires_at, mapping, objects, plan_epoch, differences)
            values (\(identityProvider.uuid), \(epoch.rawValue), \(state.rawValue),
                \(time)::timestamptz + make_interval(hours => \(run.terms.planHours ?? Self.hours)::integer),
                \(run.terms.mapping.rawValue), \(objects), \(run.plan?.rawValue), \(differences))
            on conflict (idp_id, epoch) do update set state = excluded.state, expires_at = excluded.expires_at,
                mapping = excluded.mapping, objects = excluded.objects, plan_epoch = excluded.plan_epoch,
                differences = excluded.differences
            """
        )
    }

    /// The plan of another run; nil where it is not kept.
    ///
    /// - Parameter isCatchingUp: Whether the directory is made anew from a log that may not have the run any more.
    /// - Throws: ``PostgresError``.
    func find(_ epoch: Epoch, isCatchingUp: Bool, on connection: isolated Connection) throws -> Plan? {
        let rows = try connection.run(
            """
            select state, (extract(epoch from expires_at) * 1000)::bigint, mapping from plans
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue)
            """
        )
        guard let row = rows.first else {
            return isCatchingUp ? Plan(state: .forgotten, expiresAt: run.requestedAt, mapping: run.terms.mapping) : nil
        }
        let (state, time, mapping) = try row.decode(String.self, Int64.self, Int64.self)
        return Plan(
            state: Plan.State(rawValue: state) ?? .tooLarge,
            expiresAt: Timestamp(millisecondsSince1970: time),
            mapping: MappingNumber(rawValue: mapping)
        )
    }
}
