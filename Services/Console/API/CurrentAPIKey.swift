/// Whom an API key makes of its holder.
struct CurrentAPIKey: Decodable, Sendable {
    let actor: AuditActor
    let role: Role
    let tenantID: String?
}
