import FoundationEssentials
import Messages
import Postgres
import Runtime

/// An entry of the audit as it is shown.
struct AuditItem: Encodable, Sendable {
    /// What it was done to.
    struct Object: Encodable, Sendable {
        var kind: String
        var id: String
    }

    var id: Int64
    var at: Timestamp
    var tenantID: TenantID?
    var actor: AuditActor
    var action: String
    var object: Object
    var details: JSON

    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, \(time: "at"), tenant, actor_kind, actor, actor_name, action, kind, object, details
        """

    init(_ row: Row) throws {
        let (id, at, tenant, actorKind, actor, actorName, action, kind, object, details) = try row.decode(
            Int64.self,
            Timestamp.self,
            TenantID?.self,
            AuditActor.Kind.self,
            UUID?.self,
            String.self,
            String.self,
            String.self,
            UUID.self,
            JSON.self
        )
        self.id = id
        self.at = at
        tenantID = tenant
        self.actor = AuditActor(kind: actorKind, id: actor, name: actorName)
        self.action = action
        self.object = Object(kind: kind, id: object.uuidString.lowercased())
        self.details = details
    }
}

extension AuditActor.Kind: PostgresDecodable, PostgresEncodable {}
