import FoundationEssentials
import Messages
import Postgres

/// How what is undone gets into the directory.
extension Undoing {
    /// Has people be again what they were before the run, with all columns but their times, and in their departments.
    ///
    /// - Throws: ``PostgresError``.
    func putBack(people keys: [String], on connection: isolated Connection) throws {
        guard !keys.isEmpty else { return }
        try Images.keep(users: "u.directory_key = any(\(keys)::text[])", of: identityProvider, on: connection)
        try connection.execute(
            """
            create temporary table if not exists undone_users
            (like users including defaults) on commit delete rows
            """
        )
        try connection.run(
            """
            insert into undone_users select was.* from run_objects r
            join users u on u.idp_id = r.idp_id and u.directory_key = r.object
            cross join lateral jsonb_populate_record(u, \(before)) as was
            where \(isUndone(.user, keys))
            """
        )
        try connection.run(
            """
            delete from users where idp_id = \(identityProvider.uuid) and directory_key = any(\(keys)::text[])
            """
        )
        try connection.run("insert into users select * from undone_users")
        try connection.run("delete from undone_users")
        try putBackMemberships(of: keys, on: connection)
    }

    private func putBackMemberships(of keys: [String], on connection: isolated Connection) throws {
        try connection.run(
            """
            delete from memberships m using run_objects r
            where \(isUndone(.user, keys)) and r.before ? 'memberships' and m.idp_id = r.idp_id
                and m.directory_key = r.object
            """
        )
        try connection.run(
            """
            insert into memberships (idp_id, directory_key, department_id, sort_order, is_leader)
            select r.idp_id, r.object, (was ->> 0)::bigint, (was ->> 1)::bigint, (was ->> 2)::boolean
            from run_objects r, jsonb_array_elements(r.before -> 'memberships') as was
            where \(isUndone(.user, keys)) and r.before ? 'memberships'
            """
        )
    }

    /// Has departments be again what they were before the run.
    ///
    /// - Throws: ``PostgresError``.
    func putBack(departments keys: [String], on connection: isolated Connection) throws {
        guard !keys.isEmpty else { return }
        let ids = keys.compactMap { Int64($0) }
        try Images.keep(departments: "d.external_id = any(\(ids)::bigint[])", of: identityProvider, on: connection)
        try connection.execute(
            """
            create temporary table if not exists undone_departments
            (like departments including defaults) on commit delete rows
            """
        )
        try connection.run(
            """
            insert into undone_departments select was.* from run_objects r
            join departments d on d.idp_id = r.idp_id and d.external_id = r.object::bigint
            cross join lateral jsonb_populate_record(d, \(before)) as was
            where \(isUndone(.department, keys))
            """
        )
        try connection.run(
            """
            delete from departments
            where idp_id = \(identityProvider.uuid) and external_id = any(\(ids)::bigint[])
            """
        )
        try connection.run("insert into departments select * from undone_departments")
        try connection.run("delete from undone_departments")
    }

    /// What the run changed, as it was; whoever goes again has the whole grace period once more. A likeness by other rules
    /// than now is compared with nobody's.
    private var before: SQL {
        """
        r.before || jsonb_build_object('updated_at', \(run.requestedAt.description)::timestamptz)
            || case when r.before ->> 'removed_at' is null then '{}'
                else jsonb_build_object('removed_at', \(time.description)::timestamptz) end
            || case when not r.before ? 'likeness' or \(isSameMapping) then '{}'
                else jsonb_build_object('likeness', \(Likeness.unknown.rawValue)::bigint) end
        """
    }

    /// Whether the rules are those now by which everybody was read before the run.
    private var isSameMapping: SQL {
        """
        (\(run.terms.mapping.rawValue) is not distinct from (
            select (full_run.terms ->> 'mapping')::bigint from runs full_run
            where full_run.idp_id = \(identityProvider.uuid) and full_run.epoch < \(epoch.rawValue)
                and not full_run.is_dry_run and full_run.outcome in ('succeeded', 'partial', 'held')
                and full_run.kind = any(\(RunSync.Kind.allCases.filter(\.readsEverything).map(\.rawValue))::text[])
            order by full_run.epoch desc limit 1
        ))
        """
    }

    /// Rows `r` of the run that is undone.
    private func isUndone(_ kind: DirectoryObject.Kind, _ keys: [String]) -> SQL {
        """
        r.idp_id = \(identityProvider.uuid) and r.epoch = \(epoch.rawValue) and r.kind = \(kind.rawValue)
            and r.object = any(\(keys)::text[])
        """
    }

    /// What people are now, as it is told.
    ///
    /// - Throws: ``PostgresError``.
    func told(people plans: [Plan], on connection: isolated Connection) throws -> [DirectoryChanges.UserChange] {
        let kinds = Dictionary(plans.map { ($0.object, $0.kind) }) { $1 }
        let rows = try connection.run(
            """
            select directory_key, \(DirectoryChanges.UserChange.columns(of: identityProvider))
            from users u
            where idp_id = \(identityProvider.uuid) and directory_key = any(\(plans.map(\.object))::text[])
            order by directory_key
            """
        )
        return try rows.map { row in
            let key = try row.decode(String.self)
            return try DirectoryChanges.UserChange(row.dropFirst(1), kind: kinds[key] ?? .updated)
        }
    }

    /// What departments are now, as it is told.
    ///
    /// - Throws: ``PostgresError``.
    func told(
        departments plans: [Plan],
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.DepartmentChange] {
        let kinds = Dictionary(plans.map { ($0.object, $0.kind) }) { $1 }
        let rows = try connection.run(
            """
            select external_id, parent_id, name from departments
            where idp_id = \(identityProvider.uuid) and external_id = any(\(plans.compactMap { Int64($0.object) })::bigint[])
            order by external_id
            """
        )
        return try rows.map { row in
            let (id, parent, name) = try row.decode(Int64.self, Int64?.self, String?.self)
            return DirectoryChanges.DepartmentChange(
                kind: kinds[String(id)] ?? .updated,
                externalID: id,
                parentID: parent,
                name: name
            )
        }
    }
}
