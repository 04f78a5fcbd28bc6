import Web

/// What is synchronised, as a form shows it.
struct ScopeForm: Sendable {
    struct Row: Sendable {
        let id: Int
        let label: String
        let indent: Int
        let count: String?
        let trail: String
        let isChosen: Bool
    }

    let base: String
    let version: String
    let isAll: Bool
    let rows: [Row]
    let isLive: Bool
    /// Chosen ones that are not in the tree: they stay chosen unless they are unticked.
    let strays: [Row]
    let mayChange: Bool

    init(_ provider: IdentityProvider, _ tree: DepartmentTree?, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        version = visit.form["version"] ?? "\(provider.revision)"
        let typed = visit.form["kind"]
        isAll = (typed ?? provider.scope.kind) == "all"
        let chosen = Set(
            typed == nil ? provider.scope.departments ?? [] : visit.form.all("department").compactMap { Int($0) }
        )
        let nodes = tree?.nodes ?? []
        rows = nodes.map { node in
            Row(
                id: node.id,
                label: node.name ?? "\(node.id)",
                indent: min(node.depth, 8),
                count: node.people.map(visit.texts.number),
                trail: node.trail.lowercased(),
                isChosen: chosen.contains(node.id)
            )
        }
        isLive = tree?.isLive ?? false
        strays = chosen.subtracting(nodes.map(\.id)).sorted().map {
            Row(id: $0, label: "\($0)", indent: 0, count: nil, trail: "\($0)", isChosen: true)
        }
        mayChange = visit.may(.admin)
    }
}
