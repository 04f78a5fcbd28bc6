import Runtime

/// One thing that became of a person or a department.
struct HistoryEntry: Decodable, Sendable {
    /// By which run, while that is known.
    let run: String?
    /// Which run of the identity provider.
    let epoch: Int?
    let at: String
    let change: String
    let reason: String?
    let hold: String?
    /// Of what was changed, what it was.
    let before: [String: JSON]?
    /// Of what was changed, what it became.
    let after: [String: JSON]?
}
