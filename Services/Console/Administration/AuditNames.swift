import Runtime

/// What the objects of the audit are called, as far as whoever is signed in may know.
struct AuditNames: Sendable {
    /// Identity providers that are asked for at once.
    private static let most = 20

    private var names: [String: String] = [:]
    /// Those that are there still, so that a link leads to them.
    private var present: Set<String> = []

    subscript(id: String) -> String? { names[id] }

    func isThere(_ id: String) -> Bool { present.contains(id) }

    /// Asks the registry for tenants and identity providers; of others, and of what is gone, entries themselves may tell.
    static func read(of entries: [AuditEntry], _ registry: ServiceAPI) async -> AuditNames {
        var known = AuditNames()
        for entry in entries {
            if case .object(let details) = entry.details, case .string(let name)? = details["name"] {
                known.names[entry.object.id] = known.names[entry.object.id] ?? name
            }
        }
        let tenants = try? await registry.get("/api/v1/tenants", [("limit", "100")], as: Listed<Tenant>.self)
        for tenant in tenants?.items ?? [] { known.keep(tenant.name, of: tenant.id) }
        let providers = Set(entries.filter { $0.object.kind == "idp" }.map(\.object.id)).sorted().prefix(most)
        await withTaskGroup(of: IdentityProvider?.self) { group in
            for id in providers {
                group.addTask { try? await registry.get("/api/v1/idps/\(id)", as: IdentityProvider.self) }
            }
            for await provider in group { if let provider { known.keep(provider.name, of: provider.id) } }
        }
        return known
    }

    private mutating func keep(_ name: String, of id: String) {
        names[id] = name
        present.insert(id)
    }
}
