import FoundationEssentials
import Messages
import Postgres
import Traces

/// Puts people of one generation of an identity provider into the principals: new ones by COPY straight into the table,
/// the others by an upsert.
struct PrincipalWriting {
    /// Of which tenant and identity provider.
    let envelope: Envelope
    /// The span that writes them, which logons of these people name.
    let trace: TraceContext
    /// Of which corp.
    let generation: Generation
    /// Marks whoever is written as being in that whole republication.
    let republication: Int64
    /// Where they are kept.
    var tables = PrincipalTables.live

    private var idp: UUID { envelope.identityProvider.uuid }

    /// When the directory said so; the time of a replay would be another one.
    private var toldAt: SQL { "to_timestamp(\(envelope.time.millisecondsSince1970)::bigint / 1000.0)" }

    /// - Returns: People who lost their row to somebody else of the same WeCom id.
    /// - Throws: `PostgresError`.
    func write(_ batch: ProjectedBatch, on connection: isolated Connection) throws -> [UUID] {
        try delete(batch.deleted, on: connection)
        let created = batch.kept.filter(\.isCreated)
        if try insertUnlessPresent(created, on: connection) {
            return try merge(batch.kept.filter { !$0.isCreated }, on: connection)
        }
        return try merge(batch.kept, on: connection)
    }

    /// Deletes whoever was in no part of the republication.
    ///
    /// - Returns: Who that was.
    func deleteUnseen(on connection: isolated Connection) throws -> [UUID] {
        try connection.run(
            "delete from \(tables.principals) where idp_id = \(idp) and seen <> \(republication) returning user_id"
        ).decode(UUID.self)
    }

    /// Takes the directory at its word that people are new: looking each of them up costs twice as much as they do.
    ///
    /// - Returns: Whether they were; nothing is written if one of them was not.
    private func insertUnlessPresent(_ rows: [ProjectedBatch.Row], on connection: isolated Connection) throws -> Bool {
        guard !rows.isEmpty else { return true }
        do {
            try connection.savepoint { try insert(rows, on: $0) }
            return true
        } catch let error as PostgresError where error.code == .uniqueViolation {
            return false
        }
    }

    private func merge(_ rows: [ProjectedBatch.Row], on connection: isolated Connection) throws -> [UUID] {
        guard !rows.isEmpty else { return [] }
        let present = try present(rows, on: connection)
        let displaced = present.subtracting(rows.map(\.id))
        try delete(displaced, on: connection)
        // Whose WeCom ids changed first: others may have the old ones now.
        try upsert(rows.filter { present.contains($0.id) }, on: connection)
        try insert(rows.filter { !present.contains($0.id) }, on: connection)
        return Array(displaced)
    }

    /// Who of them has a row, and who else has the key of one of them.
    ///
    /// Looked up person by person: a plan for all at once, made while there are few, reads everybody of a large
    /// identity provider with each batch.
    private func present(_ rows: [ProjectedBatch.Row], on connection: isolated Connection) throws -> Set<UUID> {
        let found = try connection.run(
            """
            select present.user_id
            from unnest(\(rows.map(\.id))::uuid[], \(rows.map(\.key))::text[]) as incoming (id, key)
            cross join lateral (
                (select user_id from \(tables.principals) where idp_id = \(idp) and user_id = incoming.id limit 1)
                union all
                (select user_id from \(tables.principals)
                where idp_id = \(idp) and generation = \(generation.rawValue) and directory_key = incoming.key
                    and user_id <> incoming.id limit 1)
            ) as present
            """
        )
        return Set(try found.decode(UUID.self))
    }

    private func delete(_ ids: some Collection<UUID>, on connection: isolated Connection) throws {
        guard !ids.isEmpty else { return }
        try connection.run(
            "delete from \(tables.principals) where idp_id = \(idp) and user_id = any(\(Array(ids))::uuid[])"
        )
    }

    private func insert(_ rows: [ProjectedBatch.Row], on connection: isolated Connection) throws {
        guard !rows.isEmpty else { return }
        let traceparent = trace.description
        // In the order of an index, which then grows at its right edge.
        try connection.copy(
            """
            copy \(tables.principalsName)
                (idp_id, user_id, tenant_id, generation, directory_key, external_id, name, email, username, enabled,
                departments, phone_number, address, seen, traceparent)
            from stdin (format binary)
            """,
            rows.sorted { $0.key < $1.key }
        ) { copy, row in
            copy.beginRow(columns: 15)
            copy.append(idp)
            copy.append(row.id)
            copy.append(envelope.tenant.uuid)
            copy.append(generation.rawValue)
            copy.append(row.key)
            copy.append(row.externalID)
            copy.append(row.name)
            copy.append(row.email)
            copy.append(row.username)
            copy.append(row.enabled)
            copy.append(int64Array: row.departments)
            copy.append(row.phoneNumber)
            copy.append(row.address)
            copy.append(republication)
            copy.append(traceparent)
        }
    }

    private func upsert(_ rows: [ProjectedBatch.Row], on connection: isolated Connection) throws {
        guard !rows.isEmpty else { return }
        let json = String(decoding: try JSONEncoder().encode(rows), as: UTF8.self)
        try connection.run(
            """
            insert into \(tables.principals) as stored
                (idp_id, user_id, tenant_id, generation, directory_key, external_id, name, email, username, enabled,
                disabled_at, departments, phone_number, address, seen, traceparent)
            select \(idp)::uuid, id, \(envelope.tenant.uuid)::uuid, \(generation.rawValue), key, external_id, name,
                email, username, enabled, case when not enabled then \(toldAt) end, departments, phone_number, address,
                \(republication), \(trace.description)::text
            from jsonb_to_recordset(\(json)::jsonb) as incoming (
                id uuid, key text, external_id text, name text, email text, username text, enabled boolean,
                departments bigint[], phone_number text, address text)
            on conflict (idp_id, user_id) do update set
                tenant_id = excluded.tenant_id, generation = excluded.generation,
                directory_key = excluded.directory_key, external_id = excluded.external_id, name = excluded.name,
                email = excluded.email, username = excluded.username, enabled = excluded.enabled,
                disabled_at = case when not excluded.enabled
                    then coalesce(stored.disabled_at, excluded.disabled_at) end,
                departments = excluded.departments, phone_number = excluded.phone_number,
                address = excluded.address, seen = excluded.seen, traceparent = excluded.traceparent
            """
        )
    }
}
