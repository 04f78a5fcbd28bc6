/// The ways from a page to others: those that whoever is signed in may go.
struct Navigation: Sendable {
    struct Entry: Sendable {
        let label: String
        let path: String
        let isHere: Bool
    }

    struct Tenant: Sendable {
        let tenantName: String
        let tenantPath: String
        let entries: [Entry]
    }

    struct Provider: Sendable {
        let providerName: String
        let providerPath: String
        let entries: [Entry]
    }

    let userName: String
    let userRole: String
    let everywhere: [Entry]
    /// The pages of operators, beside each of them.
    let operations: [Entry]
    let hasOperations: Bool
    let tenant: Tenant?
    let provider: Provider?

    init(_ visit: Visit, _ session: Session, _ place: Visit.Place) {
        let texts = visit.texts
        func entry(_ name: Visit.Place.Entry, _ path: String) -> Entry {
            Entry(label: texts["nav.\(name.rawValue)"], path: path, isHere: place.entry == name)
        }
        userName = texts.keyName(session.name)
        userRole = texts["role.\(session.role.rawValue)"]
        var everywhere = [
            entry(.tenants, "/tenants"), entry(.clients, "/clients"), entry(.audit, "/audit"),
            entry(.diagnoses, "/diagnoses"),
        ]
        if session.may(.owner) {
            everywhere += [entry(.administrators, "/administrators"), entry(.keys, "/api-keys")]
        }
        if session.mayEverywhere(.owner) { everywhere.append(entry(.signingKeys, "/signing-keys")) }
        if session.mayEverywhere(.operator) {
            let isHere = place.entry.isForOperators
            everywhere.append(Entry(label: texts["nav.operations"], path: "/operations", isHere: isHere))
        }
        self.everywhere = everywhere
        var operations = [
            entry(.conditions, "/operations"), entry(.deadLetters, "/operations/dead-letters"),
            entry(.lag, "/operations/lag"), entry(.replays, "/operations/replays"),
            entry(.doctor, "/operations/doctor"),
        ]
        if session.mayEverywhere(.owner) { operations.append(entry(.sealing, "/operations/sealing")) }
        self.operations = operations
        hasOperations = place.entry.isForOperators
        tenant = place.tenant.map { tenant in
            let base = "/tenants/\(tenant.id)"
            return Tenant(
                tenantName: tenant.name,
                tenantPath: base,
                entries: [
                    entry(.identity, base), entry(.fields, "\(base)/extended-fields"),
                    entry(.notifications, "\(base)/notifications"), entry(.settings, "\(base)/settings"),
                ]
            )
        }
        provider = place.provider.map { provider in
            let base = "/idps/\(provider.id)"
            return Provider(
                providerName: provider.name,
                providerPath: base,
                entries: [
                    entry(.overview, base), entry(.runs, "\(base)/runs"), entry(.people, "\(base)/people"),
                    entry(.editing, "\(base)/edit"), entry(.mapping, "\(base)/mapping"),
                    entry(.safety, "\(base)/safety"), entry(.connection, "\(base)/connect"),
                    entry(.preflight, "\(base)/preflight"),
                    entry(.messages, "\(base)/messages"), entry(.egress, "\(base)/egress"),
                    entry(.revisions, "\(base)/revisions"),
                ]
            )
        }
    }
}
