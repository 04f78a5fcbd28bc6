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

    /// What would be by the plan, and what would be now. What one of them leaves alone stays what the other found.
    var values: (then: [String: JSON], now: [String: JSON]) {
        let names = Set((planned?.after ?? [:]).keys).union((found?.after ?? [:]).keys)
        func values(of one: PlannedObject?, beside other: PlannedObject?) -> [String: JSON] {
            Dictionary(
                uniqueKeysWithValues: names.compactMap { name in
                    (one?.after?[name] ?? other?.before?[name]).map { (name, $0) }
                }
            )
        }
        return (values(of: planned, beside: found), values(of: found, beside: planned))
    }
}
