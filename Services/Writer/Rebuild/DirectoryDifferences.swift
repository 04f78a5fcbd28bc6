import FoundationEssentials
import Messages
import Postgres

/// Who and what differs between the rebuilt directory of an identity provider and the live one, in a temporary table that
/// lives as long as the transaction: `kind`, `object`, `difference` and, where a row has changed, `fields`.
///
/// Not counted is whose grace period is over, as they are deleted by the clock, and not by the log. Where the log has lost
/// its beginning, neither is whoever was removed before, or is missing and held or kept: the log cannot know of them.
enum DirectoryDifferences {
    /// Finds them, with both sides held by the transaction.
    ///
    /// - Parameter isTrimmed: Whether the log may have told of the identity provider before its beginning.
    /// - Throws: `PostgresError`.
    static func find(of id: IdentityProviderID, isTrimmed: Bool, on connection: isolated Connection) throws {
        try connection.execute(
            """
            create temporary table if not exists rebuild_differences (
                kind text not null, object text collate "C" not null, difference text not null, fields text[] not null
            ) on commit delete rows;
            delete from rebuild_differences
            """
        )
        try connection.run(people(of: id, isTrimmed))
        try connection.run(departments(of: id, isTrimmed))
    }

    private static func people(of id: IdentityProviderID, _ isTrimmed: Bool) -> SQL {
        let columns = ComparedColumn.people(isTrimmed) + [memberships(isTrimmed)]
        return differences(
            kind: "user",
            live: people(in: "directory", of: id),
            rebuilt: people(in: "directory_rebuilt", of: id),
            key: "directory_key",
            columns,
            of: id,
            isTrimmed
        )
    }

    private static func departments(of id: IdentityProviderID, _ isTrimmed: Bool) -> SQL {
        differences(
            kind: "department",
            live: "select * from directory.departments where idp_id = \(id.uuid)",
            rebuilt: "select * from directory_rebuilt.departments where idp_id = \(id.uuid)",
            key: "external_id",
            ComparedColumn.departments(isTrimmed),
            of: id,
            isTrimmed
        )
    }

    /// People with where they belong.
    private static func people(in schema: SQL, of id: IdentityProviderID) -> SQL {
        """
        select u.*, m.memberships from \(schema).users u left join (
            select directory_key, jsonb_agg(
                jsonb_build_array(department_id, sort_order, is_leader) order by department_id
            ) as memberships
            from \(schema).memberships where idp_id = \(id.uuid) group by directory_key
        ) m using (directory_key) where u.idp_id = \(id.uuid)
        """
    }

    /// Their rows are exchanged as a whole, so nothing is assigned.
    private static func memberships(_ isTrimmed: Bool) -> ComparedColumn {
        ComparedColumn.ifTold("memberships", nil, isTrimmed)
    }

    private static func differences(
        kind: String,
        live: SQL,
        rebuilt: SQL,
        key: SQL,
        _ columns: [ComparedColumn],
        of id: IdentityProviderID,
        _ isTrimmed: Bool
    ) -> SQL {
        let fields = columns.map { "case when \($0.isDifferent) then '\($0.name)' end" }.joined(separator: ", ")
        return """
            insert into rebuild_differences (kind, object, difference, fields)
            select \(kind)::text, object,
                case when not is_rebuilt then 'surplus' when not is_live then 'missing' else 'changed' end,
                case when is_live and is_rebuilt then fields else '{}' end
            from (
                select \(key)::text as object, live.idp_id is not null as is_live,
                    rebuilt.idp_id is not null as is_rebuilt, live.removed_at as live_removed,
                    rebuilt.removed_at as rebuilt_removed,
                    array_remove(array[\(SQL(stringLiteral: fields))]::text[], null) as fields
                from (\(live)) live full join (\(rebuilt)) rebuilt using (\(key))
            ) both_sides, (
                select now() - make_interval(days => grace_days) as grace from directory.sources where idp_id = \(id.uuid)
            ) source
            where is_live and is_rebuilt and cardinality(fields) > 0
                or not is_live and coalesce(rebuilt_removed >= grace, true)
                or not is_rebuilt and coalesce(live_removed >= grace, true) and not (\(isTrimmed)::boolean and (
                    live_removed is not null or exists (
                        select from directory.missing m
                        where m.idp_id = \(id.uuid) and m.kind = \(kind)::text and m.object = both_sides.object
                    )
                ))
            """
    }
}
