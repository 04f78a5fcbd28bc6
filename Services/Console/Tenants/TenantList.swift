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
