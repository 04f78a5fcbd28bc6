/// All that is known of a dead letter but its value, and what was done about it.
struct DeadLetterRecord: Decodable, Sendable {
    struct Settlement: Decodable, Sendable {
        let fate: String
        let at: String
        let operation: String

        private enum CodingKeys: String, CodingKey {
            case fate = "as"
            case at, operation
        }
    }

    let id: String
    let code: String
    let advice: String
    let reason: String
    let stage: String
    let attempts: Int
    let since: String
    let origin: String
    let timesRedriven: Int
    let bytes: Int
    /// Names and texts.
    let headers: [[String]]
    let settlements: [Settlement]
    let obstacle: String?
}
