/// What no service could handle, as the registry shows it to operators.
struct DeadLetter: Decodable, Sendable {
    let id: String
    let place: String
    let code: String
    let reason: String
    let tenantID: String?
    let idpID: String?
    let since: String
    let attempts: Int
    let timesRedriven: Int
}

/// How many dead letters have one reason, and what mends them.
struct DeadLetterCount: Decodable, Sendable {
    let name: String
    let count: Int
    let advice: String?
}

/// What became of dead letters that were to be redriven or discarded.
struct DeadLetterSettling: Decodable, Sendable {
    let settled: Int
    let left: Int
}
