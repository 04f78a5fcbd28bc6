import Web

/// The employees who administer tenants.
struct AdministratorList: Sendable {
    struct Row: Sendable {
        let path: String
        let version: String
        let name: String
        let place: String
        let roles: [Choice]
        let createdAt: Moment
        let by: String
        let lastUsedAt: Moment?
    }

    let rows: [Row]
    let next: String?

    init(_ page: Listed<Administrator>, _ tenants: [Tenant], _ visit: Visit) {
        let names = Dictionary(tenants.map { ($0.id, $0.name) }) { first, _ in first }
        rows = page.items.map { administrator in
            Row(
                path: "/administrators/\(administrator.id)",
                version: "\(administrator.revision)",
                name: administrator.name,
                place: names[administrator.tenantID] ?? administrator.tenantID,
                roles: Choice.roles(administrator.role, visit.texts),
                createdAt: Moment(administrator.createdAt, visit),
                by: visit.texts.name(of: administrator.createdBy),
                lastUsedAt: administrator.lastUsedAt.map { Moment($0, visit) }
            )
        }
        next = visit.next(page.nextCursor)
    }
}

extension Choice {
    /// The roles, of which one is chosen.
    static func roles(_ chosen: Role, _ texts: Texts) -> [Choice] {
        Role.allCases.map { Choice(value: $0.rawValue, label: texts["keys.\($0.rawValue)"], isChosen: $0 == chosen) }
    }
}
