/// An identity provider's runs.
struct RunList: Sendable {
    let base: String
    let runs: [RunRow]
    let next: String?
    let mayRun: Bool

    init(_ provider: IdentityProvider, _ page: Listed<Run>, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        runs = page.items.map { RunRow($0, visit) }
        next = visit.next(page.nextCursor)
        mayRun = visit.may(.operator)
    }
}
