/// What closing or deleting an identity provider would do.
struct ClosingImpact: Decodable, Sendable {
    struct Directory: Decodable, Sendable {
        let people: Int
        let departments: Int
    }

    struct Logon: Decodable, Sendable {
        let people: Int
        let sessions: Int
        let peopleLoggedOn: Int
        let lastLogonAt: String?
        let logonsInLastDay: Int
        let logonsInLastWeek: Int
    }

    let directory: Directory?
    let logon: Logon?
}
