import Runtime

/// A webhook that tells of a tenant's identity providers.
struct Webhook: Decodable, Sendable {
    let id: String
    let revision: Int
    let url: String
    let description: String
    let kinds: [String]
    let enabled: Bool
    let failuresInARow: Int
    let restingUntil: String?
    let secret: String?

    /// What `If-Match` says of it.
    var version: String { "\"\(revision)\"" }
}

/// Something that was sent, or is to be.
struct Delivery: Decodable, Sendable {
    let id: String
    let kind: String
    let notificationState: String
    let idpID: String?
    let webhookID: String?
    let via: String
    let state: String
    let attempts: Int
    let status: Int?
    let error: String?
    let raisedAt: String
    let deliveredAt: String?
}

/// Whom WeCom messages of an identity provider's notifications go to.
struct MessageSettings: Decodable, Sendable {
    let enabled: Bool
    let recipients: [String]
    let kinds: [String]
    let revision: Int

    /// What `If-Match` says of it.
    var version: String { "\"\(revision)\"" }
}

/// The kinds of notifications that can be chosen.
enum NotificationKind: String, CaseIterable, Sendable {
    case removalsHeld = "removals-held"
    case runFailed = "run-failed"
    case runLate = "run-late"
    case quarantined = "idp-quarantined"
    case authorizationLost = "authorization-lost"
    case rangeNarrowed = "range-narrowed"
}

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
