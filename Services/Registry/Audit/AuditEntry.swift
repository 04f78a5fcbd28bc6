import FoundationEssentials
import Messages
import Postgres
import Runtime

/// One change: who did what, when. Written in the transaction that makes the change.
struct AuditEntry: Sendable {
    /// What was done, such as `idp.changed`.
    var action: String
    /// What kind of thing it was done to, such as `idp`.
    var kind: String
    /// Which one.
    var object: UUID
    /// Whose it is; nil where it is nobody's.
    var tenant: TenantID?
    /// Who did it.
    var actor: AuditActor
    /// What else is worth knowing; never a secret.
    var details: [String: JSON] = [:]

    init(_ action: String, _ kind: String, _ object: UUID, of tenant: TenantID?, by actor: AuditActor) {
        self.action = action
        self.kind = kind
        self.object = object
        self.tenant = tenant
        self.actor = actor
    }

    /// The same entry with details.
    func with(_ details: [String: JSON]) -> AuditEntry {
        var entry = self
        entry.details.merge(details) { $1 }
        return entry
    }

    /// Writes the entry.
    func append(on connection: isolated Connection) throws {
        try connection.run(
            """
            insert into registry.audit
                (at, tenant, actor_kind, actor, actor_name, action, kind, object, details)
            values (now(), \(tenant), \(actor.kind.rawValue), \(actor.id), \(actor.name), \(action), \(kind),
                \(object), \(try JSON.object(details).text)::jsonb)
            """
        )
    }
}
