/// An API key, never with its secret.
struct APIKey: Decodable, Sendable {
    let id: String
    let revision: Int
    let name: String
    let role: Role
    let tenantID: String?
    let createdAt: String
    let createdBy: AuditActor
    let expiresAt: String?
    let lastUsedAt: String?
    let previousSecretUntil: String?
}
