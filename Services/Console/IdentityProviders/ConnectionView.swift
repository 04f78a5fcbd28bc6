import Web

/// How an identity provider's connection stands, and what is to be done for it.
struct ConnectionView: Sendable {
    struct GrantRow: Sendable {
        let grantID: String
        let standing: Badge
        let corp: String?
        let grantCorp: String?
        let since: Moment
        let trouble: Sentence?
        let whatToDo: Sentence?
        let whoActs: String?
        let mayDecide: Bool
        let mayEnd: Bool
    }

    struct Range: Sendable {
        let departments: String
        let people: String
        let tags: String
    }

    let base: String
    let version: String
    let state: Badge
    let isConnected: Bool
    let isOwnApp: Bool
    let corpID: String?
    let corpName: String?
    let agentID: Int?
    let range: Range?
    let grants: [GrantRow]
    /// The page that the QR code leads to, while it can be scanned.
    let codeLink: String?
    let codeUntil: Moment?
    /// Whether something may happen by itself, so that the page should look again.
    let isWaiting: Bool
    let fingerprint: String
    let mayConnect: Bool
    let typedCorpID: String?
    let typedAgentID: String?

    init(_ provider: IdentityProvider, _ authorization: Authorization, _ visit: Visit) {
        let texts = visit.texts
        base = "/idps/\(provider.id)"
        version = visit.version(now: provider.revision)
        let tones: [AuthorizationState: Badge.Tone] = [
            .pending: .quiet, .authorized: .good, .lapsed: .caution, .revoked: .bad,
        ]
        state = Badge(
            texts["connect.\(authorization.state.rawValue)"],
            tones[authorization.state] ?? .quiet
        )
        isConnected = authorization.state == .authorized
        isOwnApp = provider.authorization.kind == "ownApp"
        corpID = authorization.corpID
        corpName = authorization.corpName
        agentID = authorization.agentID
        range = authorization.enterprise?.visibleRange.map {
            Range(
                departments: texts.counted("connect.rangeDepartments", $0.departments.count),
                people: texts.counted("connect.rangePeople", $0.users.count),
                tags: texts.counted("connect.rangeTags", $0.tags.count)
            )
        }
        mayConnect = visit.may(.admin)
        let rows = authorization.grants.filter { Self.open.contains($0.state) }.map { grant in
            Self.row(grant, visit)
        }
        grants = rows
        codeLink = authorization.url
        codeUntil = authorization.expiresAt.map { Moment($0, visit) }
        isWaiting = authorization.url != nil || authorization.grants.contains { Self.moving.contains($0.state) }
        fingerprint = Self.fingerprint(of: authorization)
        typedCorpID = visit.form["corpID"]
        typedAgentID = visit.form["agentID"]
    }

    /// A text that changes when the page should.
    static func fingerprint(of authorization: Authorization) -> String {
        let grants = authorization.grants.map { "\($0.id) \($0.state) \($0.trouble == nil)" }
        let state = "\(authorization.state.rawValue) \(authorization.url == nil) \(authorization.corpID ?? "")"
        return ([state] + grants).joined(separator: ";")
    }

    private static let moving: Set<String> = ["codeReceived", "exchanged", "waitingForApp", "inTrouble"]
    private static let open = moving.union(["waitingForConfirmation"])

    private static func row(_ grant: Authorization.Grant, _ visit: Visit) -> GrantRow {
        let isAsking = grant.state == "waitingForConfirmation"
        let tone: Badge.Tone = grant.state == "inTrouble" ? .bad : isAsking ? .caution : .busy
        return GrantRow(
            grantID: grant.id,
            standing: Badge(visit.texts["grant.\(grant.state)"], tone),
            corp: grant.corpName,
            grantCorp: grant.corpID,
            since: Moment(grant.since, visit),
            trouble: (grant.trouble?.reason).map(visit.texts.sentence),
            whatToDo: (grant.trouble?.whatToDo).map(visit.texts.sentence),
            whoActs: grant.trouble.map { visit.texts["actor.\($0.whoActs)"] },
            mayDecide: isAsking && visit.may(.admin),
            mayEnd: grant.state == "inTrouble" && visit.may(.admin)
        )
    }
}
