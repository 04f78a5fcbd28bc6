import Messages
import Postgres
import Runtime

extension ClientStore {
    /// Deletes a client of which no more is known than what stands beside its configuration.
    func deleteUnread(_ identity: Client.Identity, by actor: AuditActor, on connection: isolated Connection) throws {
        let revision = identity.revision.next
        var deleted: ClientConfiguration?
        if let name = ClientName(identity.clientID) {
            deleted = ClientConfiguration(
                id: identity.id,
                clientID: name,
                tenant: identity.tenant,
                name: identity.clientID,
                authentication: .none
            ).deleted(as: revision)
        }
        try connection.run(
            """
            update registry.clients
            set revision = \(revision), is_deleted = true,
                configuration = coalesce(\(json: try deleted?.encode()), configuration), updated_at = now()
            where id = \(identity.id)
            """
        )
        let entry = AuditEntry("client.deleted", "client", identity.id.uuid, of: identity.tenant, by: actor)
        try entry.with(["clientID": .string(identity.clientID), "revision": .integer(revision.rawValue)])
            .append(on: connection)
        try ledger.announce(deleted.map { [try ledger.announcements.client($0)] } ?? [], on: connection)
    }
}
