import Runtime

/// What a run would do, as the directory tells it.
struct Plan: Decodable, Sendable {
    enum State: String, Decodable, Sendable, CaseIterable { case ready, expired, carriedOut, tooLarge }

    let state: State
    let expiresAt: String
    let objects: Int
    let users: [String: Int]
    let departments: [String: Int]
    /// The run whose plan it was to carry out.
    let planOf: String?
    let differences: Int?
    let carriedOutBy: String?
}

/// What would become of somebody or of a department.
struct PlannedObject: Decodable, Sendable {
    let kind: String
    let externalID: String
    let name: String?
    let change: String
    let reason: String?
    let hold: String?
    let before: [String: JSON]?
    let after: [String: JSON]?
}

/// Of whom or of what a run would have made something else than a plan says.
struct PlanDifference: Decodable, Sendable {
    let kind: String
    let externalID: String
    let name: String?
    let planned: PlannedObject?
    let found: PlannedObject?
}
