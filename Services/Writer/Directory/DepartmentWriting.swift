import Messages
import Postgres

/// Puts departments into the directory. They are few, so one upsert from arrays does it.
enum DepartmentWriting {
    /// - Returns: What became of each department.
    /// - Throws: ``PostgresError``.
    static func write(
        _ changes: [SourceSegment.DepartmentChange],
        of identityProvider: IdentityProviderID,
        in segment: SourceSegment,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.DepartmentChange] {
        guard !changes.isEmpty else { return [] }
        let changes = changes.sorted { $0.record.externalID < $1.record.externalID }
        try connection.execute(
            """
            create temporary table if not exists staged_departments
            (like departments including defaults) on commit delete rows
            """
        )
        try connection.copy("copy staged_departments (\(columns)) from stdin (format binary)", changes) {
            append($1.record, of: identityProvider, in: segment, to: &$0)
        }
        try Images.keep(
            departments: "d.external_id = any(\(changes.map(\.record.externalID))::bigint[])",
            of: identityProvider,
            on: connection
        )
        try connection.run(merge(into: identityProvider))
        try connection.run("delete from staged_departments")
        return changes.map { change in
            DirectoryChanges.DepartmentChange(
                kind: kind(of: change.action),
                externalID: change.record.externalID,
                parentID: change.record.parentID == 0 ? nil : change.record.parentID,
                name: change.record.name
            )
        }
    }

    private static let columns = """
        idp_id, external_id, tenant_id, parent_id, name, english_name, sort_order, leaders, content_hash, created_at, \
        updated_at
        """

    /// What WeCom did not tell stays as it is, and is none for a new department; the parent 0 is none, too.
    static func merge(into identityProvider: IdentityProviderID) -> SQL {
        """
        insert into departments as present (
            idp_id, external_id, tenant_id, parent_id, name, english_name, sort_order, leaders, content_hash, created_at,
            updated_at
        )
        select staged.idp_id, staged.external_id, staged.tenant_id,
            case when known.idp_id is null then nullif(staged.parent_id, 0) else staged.parent_id end,
            staged.name, staged.english_name,
            case when known.idp_id is null then greatest(staged.sort_order, 0) else staged.sort_order end,
            staged.leaders, staged.content_hash, staged.created_at, staged.updated_at
        from staged_departments staged
        left join departments known
            on known.idp_id = \(identityProvider.uuid) and known.external_id = staged.external_id
        order by staged.external_id
        on conflict (idp_id, external_id) do update set
            name = coalesce(excluded.name, present.name),
            english_name = coalesce(excluded.english_name, present.english_name),
            parent_id = nullif(coalesce(excluded.parent_id, present.parent_id), 0),
            sort_order = case when excluded.sort_order < 0 then present.sort_order else excluded.sort_order end,
            leaders = coalesce(excluded.leaders, present.leaders),
            content_hash = excluded.content_hash,
            updated_at = excluded.updated_at,
            removed_at = null,
            removed_epoch = null
        """
    }

    private static func append(
        _ record: DepartmentRecord,
        of identityProvider: IdentityProviderID,
        in segment: SourceSegment,
        to rows: inout CopyRows
    ) {
        let time = segment.run.requestedAt.millisecondsSince1970
        rows.beginRow(columns: 11)
        rows.append(identityProvider.uuid)
        rows.append(record.externalID)
        rows.append(segment.standing.tenant.uuid)
        rows.append(record.parentID)
        rows.append(record.name)
        rows.append(record.englishName)
        // What WeCom did not tell stays as it is (the merge above).
        rows.append(record.order ?? -1)
        rows.append(textArray: record.leaders)
        rows.append(bytes: record.contentHash.bytes)
        rows.append(timestampMilliseconds: time)
        rows.append(timestampMilliseconds: time)
    }

    private static func kind(of action: ActiveRun.Action) -> DirectoryChanges.Kind {
        if case .update(let kind) = action { kind } else { .created }
    }
}
