import Messages
import Postgres
import Runtime

extension ClientStore {
    /// Takes over a client that this registry does not know, or knows in an older state.
    ///
    /// - Parameter told: What readers go on by.
    /// - Returns: Whether there was anything to take over.
    func recover(_ told: ClientConfiguration, by actor: AuditActor) async throws -> Bool {
        try await ledger.change { connection in
            let known = try connection.run(
                "select \(Client.columns) from registry.clients where id = \(told.id) for update"
            )
            if let row = known.first {
                guard let client = readable([row]).first, told.revision >= client.configuration.revision,
                    told != client.configuration
                else { return false }
            }
            var configuration = told
            configuration.revision = told.revision.next
            let rows = try connection.run(
                """
                insert into registry.clients as c
                    (id, client_id, tenant, revision, is_deleted, configuration, created_at, updated_at)
                select \(told.id)::uuid, \(told.clientID.description)::text, \(told.tenant)::uuid,
                    \(configuration.revision)::bigint, \(told.status == .deleted)::boolean,
                    \(json: try configuration.encode()), now(), now()
                where \(told.tenant)::uuid is null or exists (
                    select from registry.tenants where id = \(told.tenant)::uuid)
                on conflict (id) do update set revision = excluded.revision, is_deleted = excluded.is_deleted,
                    configuration = excluded.configuration, updated_at = excluded.updated_at
                returning 1
                """
            )
            guard !rows.isEmpty else { return false }
            let entry = AuditEntry("client.recovered", "client", told.id.uuid, of: told.tenant, by: actor)
            try entry.with(["revision": .integer(configuration.revision.rawValue)]).append(on: connection)
            try ledger.announce([try ledger.announcements.client(configuration)], on: connection)
            return true
        }
    }
}
