/// What closing or deleting an identity provider would do.
struct Ending: Sendable {
    let base: String
    let version: String
    let name: String
    let description: String
    let people: String?
    let sessions: String?
    let loggedOn: String?
    let lastLogon: Moment?
    let mayChange: Bool

    init(_ provider: IdentityProvider, _ impact: ClosingImpact, _ visit: Visit) {
        let texts = visit.texts
        base = "/idps/\(provider.id)"
        version = visit.version(now: provider.revision)
        name = provider.name
        description = provider.description
        people = (impact.logon?.people ?? impact.directory?.people).map(texts.number)
        sessions = (impact.logon?.sessions).map(texts.number)
        loggedOn = (impact.logon?.logonsInLastWeek).map(texts.number)
        lastLogon = (impact.logon?.lastLogonAt).map { Moment($0, visit) }
        mayChange = visit.may(.admin)
    }
}
