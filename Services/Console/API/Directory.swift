/// A person of the directory.
struct DirectoryUser: Decodable, Sendable {
    struct Membership: Decodable, Sendable {
        let id: Int
        let isLeader: Bool
    }

    let id: String
    let externalID: String
    let username: String?
    let displayName: String?
    let email: String?
    let mobile: String?
    let telephone: String?
    let title: String?
    let alias: String?
    let status: Int
    let enabled: Bool
    let state: String
    let mainDepartment: Int?
    let departments: [Membership]
    let leaders: [String]
    let attributes: [String: String]
    let createdAt: String
    let updatedAt: String
    let removedAt: String?
}

/// A department of the directory.
struct DirectoryDepartment: Decodable, Sendable {
    let externalID: Int
    let parentID: Int?
    let name: String?
    let state: String
    /// Who is in it directly; nil where that was not asked for.
    let people: Int?
}

/// What the directory holds of an identity provider.
struct DirectorySummary: Decodable, Sendable {
    let users: Int
    let disabledUsers: Int
    let departments: Int
}

/// What a run did to somebody or to a department.
struct RunObject: Decodable, Sendable {
    let kind: String
    let externalID: String
    let userID: String?
    /// What people call it, while the directory knows it.
    let name: String?
    let change: String
    let reason: String?
    let hold: String?
}

/// What the directory has and runs do not show.
struct MissingObject: Decodable, Sendable {
    let kind: String
    let externalID: String
    let userID: String?
    let name: String?
    let state: String
    let hold: String?
    let reason: String?
    let since: String
    let heldAt: String?
}

/// What stands behind the diagnosis id of a failed logon.
struct Diagnosis: Decodable, Sendable {
    struct WeCom: Decodable, Sendable {
        let call: String
        let code: Int?
        let message: String
        let hint: String?
    }

    let id: String
    let reason: String
    let time: String
    let explanation: String
    let whoActs: String
    let fix: String
    let tenantID: String?
    let idpID: String?
    let externalID: String?
    let wecom: WeCom?
    let detail: String?
}
