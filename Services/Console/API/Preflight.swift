/// What a preflight found.
struct Preflight: Decodable, Sendable {
    struct Check: Decodable, Sendable {
        let name: String
        let outcome: String
        let finding: String
        let fix: String?
        let whoActs: String?
        let wecomCode: Int?
    }

    let checkedAt: String
    let isComplete: Bool
    let callerAddress: String?
    let checks: [Check]
}
