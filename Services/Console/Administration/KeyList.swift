import Web

/// The API keys.
struct KeyList: Sendable {
    struct Row: Sendable {
        let path: String
        let version: String
        let name: String
        let role: String
        let place: String?
        let createdAt: Moment
        let by: String
        let expiresAt: Moment?
        let lastUsedAt: Moment?
    }

    struct RoleChoice: Sendable {
        let role: String
        let label: String
    }

    struct TenantChoice: Sendable {
        let id: String
        let name: String
    }

    let rows: [Row]
    let roles: [RoleChoice]
    let tenants: [TenantChoice]
    let isEverywhere: Bool
    let typed: String?
    let next: String?

    init(_ page: Listed<APIKey>, _ tenants: [Tenant], _ visit: Visit) {
        let texts = visit.texts
        let names = Dictionary(tenants.map { ($0.id, $0.name) }) { first, _ in first }
        rows = page.items.map { key in
            Row(
                path: "/api-keys/\(key.id)",
                version: "\(key.revision)",
                name: texts.keyName(key.name),
                role: texts["role.\(key.role.rawValue)"],
                place: key.tenantID.map { names[$0] ?? $0 },
                createdAt: Moment(key.createdAt, visit),
                by: texts.name(of: key.createdBy),
                expiresAt: key.expiresAt.map { Moment($0, visit) },
                lastUsedAt: key.lastUsedAt.map { Moment($0, visit) }
            )
        }
        roles = Role.allCases.map { RoleChoice(role: $0.rawValue, label: texts["keys.\($0.rawValue)"]) }
        self.tenants = tenants.map { TenantChoice(id: $0.id, name: $0.name) }
        isEverywhere = visit.context.session?.tenantID == nil
        typed = visit.form["name"]
        next = visit.next(page.nextCursor)
    }
}
