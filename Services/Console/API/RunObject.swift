import Runtime

/// What a run did to somebody or to a department.
struct RunObject: Decodable, Sendable {
    /// The changes that lists are kept of.
    static let changes = ["created", "updated", "disabled", "restored", "removed", "held", "rejected", "skipped"]
    static let kinds = ["user", "department"]

    let kind: String
    let externalID: String
    let userID: String?
    /// What people call it, while the directory knows it.
    let name: String?
    let change: String
    let reason: String?
    let hold: String?
    /// Of what was changed, what it was.
    let before: [String: JSON]?
    /// Of what was changed, what it became.
    let after: [String: JSON]?
}
