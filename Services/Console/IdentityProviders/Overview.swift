/// An identity provider's page: does it work, why not, and what to do next.
struct Overview: Sendable {
    struct Step: Sendable {
        let label: String
        let link: String?
        let action: String?
    }

    struct Quarantine: Sendable {
        let since: Moment
        let failures: String
        let lastReason: Sentence
    }

    let base: String
    let version: String
    let health: Badge
    let why: String
    let reasons: [Sentence]
    let step: Step?
    let isEnabled: Bool
    let description: String
    let enterpriseID: String
    let logonURL: String
    let corpID: String?
    let agentID: Int?
    let schema: String?
    let cycle: String
    let isAutomatic: Bool
    let nextRun: Moment?
    let people: String?
    let departments: String?
    let removed: String?
    let quarantine: Quarantine?
    let active: RunRow?
    let chart: RunChart.Figure?
    let runs: [RunRow]
    let mayRun: Bool
    let mayChange: Bool
    let mayOpen: Bool
    let mayClose: Bool

    init(_ provider: IdentityProvider, _ standing: Standing, _ visit: Visit) {
        let texts = visit.texts
        let state = Health(of: provider, lastRun: standing.lastRun)
        base = "/idps/\(provider.id)"
        version = "\(provider.revision)"
        health = Badge(state, texts)
        why = texts["health.\(state.rawValue)Why"]
        let said = [Health.failing, .partial, .held].contains(state) ? standing.lastRun?.reasons ?? [] : []
        reasons = said.map(texts.sentence)
        isEnabled = provider.status == .enabled
        description = provider.description
        enterpriseID = provider.enterpriseID
        logonURL = "\(visit.desk.settings.logonURL)/logon/\(provider.enterpriseID)"
        corpID = provider.authorization.corpID
        agentID = provider.authorization.agentID
        schema = provider.schema
        cycle = texts["idp.everyHours", ["hours": "\(provider.cycleHours)"]]
        isAutomatic = provider.automaticSynchronization
        nextRun = provider.nextRunAt.map { Moment($0, visit) }
        people = standing.summary.map { texts.number($0.users) }
        departments = standing.summary.map { texts.number($0.departments) }
        removed = standing.summary.flatMap { $0.disabledUsers > 0 ? texts.number($0.disabledUsers) : nil }
        quarantine = provider.quarantine.map {
            Quarantine(
                since: Moment($0.since, visit),
                failures: texts.counted("overview.failures", $0.failures),
                lastReason: texts.sentence($0.reason)
            )
        }
        active = standing.activeRun.map { RunRow($0, visit) }
        chart = RunChart(standing.runs, texts)?.figure
        runs = standing.runs.prefix(8).map { RunRow($0, visit) }
        mayRun = visit.may(.operator) && provider.authorization.state == .authorized && isEnabled
        mayChange = visit.may(.admin)
        mayOpen = mayChange && !isEnabled
        mayClose = mayChange && isEnabled
        step = Self.step(state, provider, standing, visit)
    }

    /// What whoever is signed in can do next, as far as their role reaches.
    private static func step(
        _ state: Health,
        _ provider: IdentityProvider,
        _ standing: Standing,
        _ visit: Visit
    ) -> Step? {
        let base = "/idps/\(provider.id)"
        let report = standing.lastRun.map { "/runs/\($0.id)" }
        let (link, action, role): (String?, String?, Role) =
            switch state {
            case .suspended: ("/tenants/\(provider.tenantID)/settings", nil, .viewer)
            case .closed: (nil, "\(base)/open", .admin)
            case .unconnected, .disconnected: ("\(base)/connect", nil, .viewer)
            case .failing: ("\(base)/preflight", nil, .operator)
            case .held, .partial, .starting: (report, nil, .viewer)
            case .waiting: (nil, "\(base)/runs", .operator)
            case .working: (nil, nil, .viewer)
            }
        guard visit.may(role), link != nil || action != nil else { return nil }
        return Step(label: visit.texts["health.\(state.rawValue)Step"], link: link, action: action)
    }
}
