import Runtime

/// An identity provider, as the registry shows it.
struct IdentityProvider: Decodable, Sendable {
    enum Status: String, Decodable, Sendable { case enabled, closed }

    struct Scope: Decodable, Sendable {
        let kind: String
        let departments: [Int]?
    }

    struct Rule: Decodable, Sendable {
        let target: String
        let kind: String
        let source: String?
        let expression: String?
        let value: String?
        let when: String
        let missing: String
    }

    struct Egress: Decodable, Sendable {
        let host: String
        let port: Int
        let hasCredentials: Bool
    }

    struct Connection: Decodable, Sendable {
        let state: AuthorizationState
        let kind: String?
        let corpID: String?
        let agentID: Int?
    }

    struct Quarantine: Decodable, Sendable {
        let since: String
        let reason: String
        let failures: Int
    }

    struct QuietHours: Decodable, Sendable {
        let from: Int
        let to: Int
        let timeZone: String
    }

    let id: String
    let tenantID: String
    let enterpriseID: String
    let revision: Int
    let name: String
    let description: String
    let status: Status
    let automaticSynchronization: Bool
    let synchronizeUserInformation: Bool
    let tellContactDetails: Bool
    let cycleHours: Int
    let quietHours: QuietHours?
    let scope: Scope
    let mapping: [Rule]
    let filter: String?
    let safetyLimits: SafetyLimits
    let schema: String?
    let schemaOrigin: String?
    let schemaAdvice: String?
    let egress: Egress?
    let extendedFields: [ExtendedField]
    let authorization: Connection
    let nextRunAt: String?
    let quarantine: Quarantine?
    let createdAt: String
    let updatedAt: String
    let tenantStatus: Tenant.Status
}
