/// Whom an API key makes of its holder.
struct CurrentAPIKey: Decodable, Sendable {
    let actor: AuditActor
    let role: Role
    let tenantID: String?
}

extension Visit {
    /// Who is signed in, and as what, by the registry's word of this moment: for what other services do at the console's
    /// word alone.
    func caller() async throws -> CurrentAPIKey {
        try await registry.get("/api/v1/api-keys/current", as: CurrentAPIKey.self)
    }
}
