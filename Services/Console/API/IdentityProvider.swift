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
        let value: String?
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
    let cycleHours: Int
    let quietHours: QuietHours?
    let scope: Scope
    let mapping: [Rule]
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

    /// What `If-Match` says of it.
    var version: String { "\"\(revision)\"" }
}

enum AuthorizationState: String, Decodable, Sendable { case pending, authorized, lapsed, revoked }

/// A field that the tenant adds to its directory's users.
struct ExtendedField: Decodable, Sendable {
    static let types = ["text", "integer", "decimal", "boolean", "date", "choice", "textList"]

    let key: String
    let titles: [String: String]
    let type: String
    let options: [String]
    let isRequired: Bool
    let isVisible: Bool

    /// Its title in a language, or in another one.
    func title(in language: Language) -> String {
        titles.sorted { $0.key < $1.key }.first { $0.key.hasPrefix(language.prefix) }?.value
            ?? titles.sorted { $0.key < $1.key }.first?.value ?? key
    }
}

/// How an authorization stands.
struct Authorization: Decodable, Sendable {
    struct Trouble: Decodable, Sendable {
        let reason: String
        let whatToDo: String
        let whoActs: String
        let wecomCode: Int?
        let callerAddress: String?
    }

    struct Grant: Decodable, Sendable {
        let id: String
        let state: String
        let since: String
        let corpID: String?
        let corpName: String?
        let trouble: Trouble?
        let reason: String?
    }

    struct Enterprise: Decodable, Sendable {
        struct Range: Decodable, Sendable {
            let departments: [Int]
            let users: [String]
            let tags: [Int]
        }

        let checkedAt: String?
        let trouble: Trouble?
        let visibleRange: Range?
    }

    let state: AuthorizationState
    let url: String?
    let expiresAt: String?
    let corpID: String?
    let corpName: String?
    let agentID: Int?
    let grants: [Grant]
    let enterprise: Enterprise?
}

/// What closing or deleting an identity provider would do.
struct ClosingImpact: Decodable, Sendable {
    struct Directory: Decodable, Sendable {
        let people: Int
        let departments: Int
    }

    struct Logon: Decodable, Sendable {
        let people: Int
        let sessions: Int
        let peopleLoggedOn: Int
        let lastLogonAt: String?
        let logonsInLastDay: Int
        let logonsInLastWeek: Int
    }

    let directory: Directory?
    let logon: Logon?
}

/// What a preflight found.
struct Preflight: Decodable, Sendable {
    struct Check: Decodable, Sendable {
        let name: String
        let outcome: String
        let finding: String
        let fix: String?
        let whoActs: String?
        let wecomCode: Int?
    }

    let checkedAt: String
    let isComplete: Bool
    let callerAddress: String?
    let checks: [Check]
}

/// A change of the settings.
struct Revision: Decodable, Sendable {
    struct Change: Decodable, Sendable {
        let from: JSON?
        let to: JSON?
    }

    let revision: Int
    let changedAt: String
    let changedBy: AuditActor
    let changes: [String: Change]
}

/// What differs between two states of the settings.
struct RevisionDifference: Decodable, Sendable {
    let from: Int
    let to: Int
    let changes: [String: Revision.Change]
}

/// A department that an identity provider's app can see in WeCom now.
struct VisibleDepartment: Decodable, Sendable {
    let id: Int
    let parentID: Int?
    let name: String?
    let people: Int?
}

/// The departments that an identity provider's app can see in WeCom now.
struct VisibleDepartments: Decodable, Sendable {
    let items: [VisibleDepartment]
}

/// What a mapping makes of a real person.
struct MappingPreview: Decodable, Sendable {
    struct Person: Decodable, Sendable {
        let externalID: String
        let name: String?
        let values: [String: String]
        let sources: [String: String]
        let problems: [String]
    }

    let people: [Person]
}
