import Runtime

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
