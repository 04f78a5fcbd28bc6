/// How many may lose access before somebody has to agree, as the registry shows it.
struct SafetyLimits: Decodable, Sendable {
    struct Limit: Decodable, Sendable {
        let count: Int
        let percent: Int
    }

    /// By the window; without a limit where there is none.
    struct Limits: Decodable, Sendable {
        let perRun: Limit?
        let perDay: Limit?
        let perWeek: Limit?
        let perMonth: Limit?
    }

    struct Policies: Decodable, Sendable {
        let leftCompany: String
        let leftVisibleRange: String
        let leftScope: String
        let disabledInWeCom: String
    }

    let people: Limits
    let departments: Limits
    let policies: Policies
    let protectedUsers: [String]
    let graceDays: Int
    let heldDays: Int
}
