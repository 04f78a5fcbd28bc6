import Web

/// The programs that let people log on.
struct ClientList: Sendable {
    struct Row: Sendable {
        let path: String
        let name: String
        let clientID: String
        let place: String?
        let way: String
        let standing: Badge
    }

    let rows: [Row]
    let mayChange: Bool
    let next: String?

    init(_ page: Listed<Client>, _ tenants: [Tenant], _ visit: Visit) {
        let texts = visit.texts
        let names = Dictionary(tenants.map { ($0.id, $0.name) }) { first, _ in first }
        rows = page.items.map { client in
            Row(
                path: "/clients/\(client.id)",
                name: client.name,
                clientID: client.clientID,
                place: client.tenantID.map { names[$0] ?? $0 },
                way: texts["client.\(client.authentication)"],
                standing: Badge(texts["client.\(client.status)"], client.status == "enabled" ? .good : .quiet)
            )
        }
        mayChange = visit.may(.admin)
        next = visit.next(page.nextCursor)
    }
}
