import Web

/// What is synchronised, as a form shows it.
struct ScopeForm: Sendable {
    /// A department that was chosen and is not in the tree.
    struct Stray: Sendable {
        let id: Int
    }

    let base: String
    let version: String
    let isAll: Bool
    /// The tree, as a list's entries; nothing where there is none.
    let branches: Markup
    let isLive: Bool
    /// Chosen ones that are not in the tree: they stay chosen unless they are unticked.
    let strays: [Stray]
    let mayChange: Bool

    init(_ provider: IdentityProvider, _ tree: DepartmentTree?, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        version = visit.version(now: provider.revision)
        let typed = visit.form["kind"]
        isAll = (typed ?? provider.scope.kind) == "all"
        let chosen = Set(
            typed == nil ? provider.scope.departments ?? [] : visit.form.all("department").compactMap { Int($0) }
        )
        let nodes = tree?.nodes ?? []
        isLive = tree?.isLive ?? false
        strays = chosen.subtracting(nodes.map(\.id)).sorted().map { Stray(id: $0) }
        mayChange = visit.may(.admin)
        let scopes = ScopeTree(chosen: chosen, isFixed: !mayChange, texts: visit.texts)
        branches = scopes.branches(of: nodes[...]).reduce(into: "") { $0 += $1.markup }
    }
}
