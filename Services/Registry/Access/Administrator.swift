import FoundationEssentials
import Messages
import Postgres

/// An employee who administers their own tenant, and signs in with their WeCom account.
struct Administrator: Sendable, Equatable {
    var id: UUID
    /// Grows by one with every change.
    var version: Int64
    /// Whose employee it is, and the only tenant that they see.
    var tenant: TenantID
    /// Who it is in the directory: the `sub` of their tokens.
    var user: UserID
    /// What people and the audit call them.
    var name: String
    var role: Role
    var createdAt: Timestamp
    var createdBy: AuditActor
    /// When they used the API last, to the minute.
    var lastUsedAt: Timestamp?

    /// Who makes a request with this administrator's token.
    var caller: Caller {
        Caller(actor: AuditActor(kind: .person, id: id, name: name), role: role, tenant: tenant)
    }
}

extension Administrator {
    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, version, tenant, user_id, name, role, \(time: "created_at"), created_by, \(time: "last_used_at")
        """

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        (id, version, tenant, user, name, role, createdAt, createdBy, lastUsedAt) = try row.decode(
            UUID.self,
            Int64.self,
            TenantID.self,
            UserID.self,
            String.self,
            Role.self,
            Timestamp.self,
            AuditActor.self,
            Timestamp?.self
        )
    }
}

extension Administrator: Encodable {
    private enum CodingKeys: String, CodingKey {
        case version = "revision"
        case tenant = "tenantID"
        case user = "userID"
        case id, name, role, createdAt, createdBy, lastUsedAt
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id.uuidString.lowercased(), forKey: .id)
        try container.encode(version, forKey: .version)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(user, forKey: .user)
        try container.encode(name, forKey: .name)
        try container.encode(role, forKey: .role)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(createdBy, forKey: .createdBy)
        try container.encodeIfPresent(lastUsedAt, forKey: .lastUsedAt)
    }
}
