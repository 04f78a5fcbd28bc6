import Web

/// The tenants, as their page shows them.
struct TenantList: Sendable {
    struct Row: Sendable {
        let name: String
        let path: String
        let enterpriseID: String
        let status: Badge
        let createdAt: Moment
    }

    let rows: [Row]
    let mayMake: Bool
    let typed: String?
    let next: String?

    init(_ page: Listed<Tenant>, _ visit: Visit) {
        rows = page.items.map { tenant in
            Row(
                name: tenant.name,
                path: "/tenants/\(tenant.id)",
                enterpriseID: tenant.enterpriseID,
                status: Badge(tenant.status, visit.texts),
                createdAt: Moment(tenant.createdAt, visit)
            )
        }
        mayMake = visit.context.session?.mayEverywhere(.owner) ?? false
        typed = visit.form["name"]
        next = visit.next(page.nextCursor)
    }
}

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

/// A tenant's settings.
struct TenantSettings: Sendable {
    let id: String
    let name: String
    let enterpriseID: String
    let logonURL: String
    let status: Badge
    let since: Moment?
    let reason: String?
    let createdAt: Moment
    let mayRename: Bool
    let maySuspend: Bool
    let mayResume: Bool
    let mayDelete: Bool
}
