/// An employee who administers their tenant.
struct Administrator: Decodable, Sendable {
    let id: String
    let revision: Int
    let tenantID: String
    let userID: String
    let name: String
    let role: Role
    let createdAt: String
    let createdBy: AuditActor
    let lastUsedAt: String?
}
