/// A page of a list.
struct Listed<Item: Decodable & Sendable>: Decodable, Sendable {
    let items: [Item]
    let nextCursor: String?
}

/// A tenant, as the registry shows it.
struct Tenant: Decodable, Sendable {
    enum Status: String, Decodable, Sendable { case active, suspended, deleting }

    struct StatusChange: Decodable, Sendable {
        let since: String
        let reason: String?
    }

    let id: String
    let name: String
    let enterpriseID: String
    let status: Status
    let statusChange: StatusChange?
    let createdAt: String
}

/// Whom an API key makes of its holder.
struct CurrentAPIKey: Decodable, Sendable {
    let actor: AuditActor
    let role: Role
    let tenantID: String?
}

/// What an API key may do; each role includes the ones before it.
enum Role: String, Codable, CaseIterable, Comparable, Sendable {
    case viewer, `operator`, admin, owner

    static func < (one: Role, other: Role) -> Bool { one.rank < other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Who did something.
struct AuditActor: Decodable, Sendable {
    let kind: String
    let id: String?
    let name: String
}

/// An API key, never with its secret.
struct APIKey: Decodable, Sendable {
    let id: String
    let name: String
    let role: Role
    let tenantID: String?
    let createdAt: String
    let createdBy: AuditActor
    let expiresAt: String?
    let lastUsedAt: String?
    let previousSecretUntil: String?
}

/// An API key with its secret, which is shown this once.
struct MadeAPIKey: Decodable, Sendable {
    let id: String
    let name: String
    let key: String
}
