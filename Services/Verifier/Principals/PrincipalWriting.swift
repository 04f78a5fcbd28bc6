import FoundationEssentials
import Messages
import Postgres

/// Puts people into `verifier.principals`: new ones by COPY straight into the table, the others by an upsert.
enum PrincipalWriting {
    /// - Throws: `PostgresError`.
    static func write(_ batch: ProjectedBatch, of envelope: Envelope, on connection: isolated Connection) throws {
        try delete(batch.deleted, of: envelope.identityProvider.uuid, on: connection)
        let created = batch.kept.filter(\.isCreated)
        if try insertUnlessPresent(created, of: envelope, on: connection) {
            try merge(batch.kept.filter { !$0.isCreated }, of: envelope, on: connection)
        } else {
            try merge(batch.kept, of: envelope, on: connection)
        }
    }

    /// Takes the directory at its word that people are new: looking each of them up costs twice as much as they do.
    ///
    /// - Returns: Whether they were; nothing is written if one of them was not.
    private static func insertUnlessPresent(
        _ rows: [ProjectedBatch.Row],
        of envelope: Envelope,
        on connection: isolated Connection
    ) throws -> Bool {
        guard !rows.isEmpty else { return true }
        do {
            try connection.savepoint { try insert(rows, of: envelope, on: $0) }
            return true
        } catch let error as PostgresError where error.code == .uniqueViolation {
            return false
        }
    }

    private static func merge(
        _ rows: [ProjectedBatch.Row],
        of envelope: Envelope,
        on connection: isolated Connection
    ) throws {
        guard !rows.isEmpty else { return }
        let idp = envelope.identityProvider.uuid
        let present = try present(rows, of: idp, on: connection)
        let ids = Set(rows.map(\.id))
        try delete(present.filter { !ids.contains($0) }, of: idp, on: connection)
        try insert(rows.filter { !present.contains($0.id) }, of: envelope, on: connection)
        try upsert(rows.filter { present.contains($0.id) }, of: envelope, on: connection)
    }

    /// Who of them has a row, and who else has the key of one of them.
    ///
    /// Looked up person by person: a plan for all at once, made while there are few, reads everybody of a large
    /// identity provider with each batch.
    private static func present(
        _ rows: [ProjectedBatch.Row],
        of idp: UUID,
        on connection: isolated Connection
    ) throws -> Set<UUID> {
        let found = try connection.run(
            """
            select present.user_id
            from unnest(\(rows.map(\.id))::uuid[], \(rows.map(\.key))::text[]) as incoming (id, key)
            cross join lateral (
                (select user_id from verifier.principals where idp_id = \(idp) and user_id = incoming.id limit 1)
                union all
                (select user_id from verifier.principals
                where idp_id = \(idp) and directory_key = incoming.key and user_id <> incoming.id limit 1)
            ) as present
            """
        )
        return Set(try found.decode(UUID.self))
    }

    private static func delete(_ ids: some Collection<UUID>, of idp: UUID, on connection: isolated Connection) throws {
        guard !ids.isEmpty else { return }
        try connection.run(
            "delete from verifier.principals where idp_id = \(idp) and user_id = any(\(Array(ids))::uuid[])"
        )
    }

    private static func insert(
        _ rows: [ProjectedBatch.Row],
        of envelope: Envelope,
        on connection: isolated Connection
    ) throws {
        guard !rows.isEmpty else { return }
        // In the order of an index, which then grows at its right edge.
        try connection.copy(
            """
            copy verifier.principals
                (idp_id, user_id, tenant_id, directory_key, external_id, name, email, username, enabled, departments)
            from stdin (format binary)
            """,
            rows.sorted { $0.key < $1.key }
        ) { copy, row in
            copy.beginRow(columns: 10)
            copy.append(envelope.identityProvider.uuid)
            copy.append(row.id)
            copy.append(envelope.tenant.uuid)
            copy.append(row.key)
            copy.append(row.externalID)
            copy.append(row.name)
            copy.append(row.email)
            copy.append(row.username)
            copy.append(row.enabled)
            copy.append(int64Array: row.departments)
        }
    }

    private static func upsert(
        _ rows: [ProjectedBatch.Row],
        of envelope: Envelope,
        on connection: isolated Connection
    ) throws {
        guard !rows.isEmpty else { return }
        let json = String(decoding: try JSONEncoder().encode(rows), as: UTF8.self)
        try connection.run(
            """
            insert into verifier.principals as stored
                (idp_id, user_id, tenant_id, directory_key, external_id, name, email, username, enabled, departments)
            select \(envelope.identityProvider.uuid)::uuid, id, \(envelope.tenant.uuid)::uuid, key, external_id, name,
                email, username, enabled, departments
            from jsonb_to_recordset(\(json)::jsonb) as incoming (
                id uuid, key text, external_id text, name text, email text, username text, enabled boolean,
                departments bigint[])
            on conflict (idp_id, user_id) do update set
                tenant_id = excluded.tenant_id, directory_key = excluded.directory_key,
                external_id = excluded.external_id, name = excluded.name, email = excluded.email,
                username = excluded.username, enabled = excluded.enabled, departments = excluded.departments
            """
        )
    }
}
