/// How an authorization stands.
struct Authorization: Decodable, Sendable {
    struct Trouble: Decodable, Sendable {
        let reason: String
        let whatToDo: String
        let whoActs: String
        let wecomCode: Int?
        let callerAddress: String?
    }

    struct Grant: Decodable, Sendable {
        let id: String
        let state: String
        let since: String
        let corpID: String?
        let corpName: String?
        let trouble: Trouble?
        let reason: String?
    }

    struct Enterprise: Decodable, Sendable {
        struct Range: Decodable, Sendable {
            let departments: [Int]
            let users: [String]
            let tags: [Int]
        }

        let checkedAt: String?
        let trouble: Trouble?
        let visibleRange: Range?
    }

    let state: AuthorizationState
    let url: String?
    let expiresAt: String?
    let corpID: String?
    let corpName: String?
    let agentID: Int?
    let grants: [Grant]
    let enterprise: Enterprise?
}
