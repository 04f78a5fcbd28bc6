import Runtime

/// A change, or a refused attempt.
struct AuditEntry: Decodable, Sendable {
    struct Object: Decodable, Sendable {
        let kind: String
        let id: String
    }

    let id: Int
    let at: String
    let tenantID: String?
    let actor: AuditActor
    let action: String
    let object: Object
    let details: JSON
}
