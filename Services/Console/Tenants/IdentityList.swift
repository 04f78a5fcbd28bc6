/// A tenant's identity providers, each with a word on whether it works.
struct IdentityList: Sendable {
    struct Row: Sendable {
        let name: String
        let path: String
        let description: String
        let health: Badge
        let nextStep: String
        let people: String?
        let nextRun: Moment?
    }

    let tenantPath: String
    let enterpriseID: String
    let rows: [Row]
    let mayMake: Bool
    let next: String?

    init(_ tenant: Tenant, _ page: Listed<IdentityProvider>, _ standings: [String: Standing], _ visit: Visit) {
        tenantPath = "/tenants/\(tenant.id)"
        enterpriseID = tenant.enterpriseID
        rows = page.items.map { provider in
            let standing = standings[provider.id]
            let health = Health(of: provider, lastRun: standing?.lastRun)
            return Row(
                name: provider.name,
                path: "/idps/\(provider.id)",
                description: provider.description,
                health: Badge(health, visit.texts),
                nextStep: visit.texts["health.\(health.rawValue)Short"],
                people: standing?.summary.map { visit.texts.number($0.users) },
                nextRun: provider.nextRunAt.map { Moment($0, visit) }
            )
        }
        mayMake = visit.may(.admin) && tenant.status == .active
        next = visit.next(page.nextCursor)
    }
}
