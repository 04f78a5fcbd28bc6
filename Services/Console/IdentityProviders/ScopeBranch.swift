/// A department to tick, with those below it, which open and close.
struct ScopeBranch: Sendable {
    /// WeCom's trees are not deeper; what is told to be is shown beside what it is below.
    private static let deepest = 15

    let id: Int
    let label: String
    let count: String?
    /// The names from the top down, to search in.
    let trail: String
    let isChosen: Bool
    /// Whether those below are shown at first: at the top, and where one of them is chosen.
    let isOpen: Bool
    let below: Below?

    /// Those below, as far as there are any.
    struct Below: Sendable {
        let branches: [ScopeBranch]
        let over: String
    }

    /// - Parameter nodes: Departments in the order of the tree, the first of them at this depth.
    static func all(
        of nodes: ArraySlice<DepartmentTree.Node>,
        at depth: Int,
        chosen: Set<Int>,
        _ texts: Texts
    ) -> [ScopeBranch] {
        var (branches, rest): ([ScopeBranch], _) = ([], nodes)
        while let node = rest.popFirst() {
            let below = rest.prefix { $0.depth > depth && depth < deepest }
            rest = rest.dropFirst(below.count)
            branches.append(ScopeBranch(node, below, at: depth, chosen: chosen, texts))
        }
        return branches
    }

    private init(
        _ node: DepartmentTree.Node,
        _ nodes: ArraySlice<DepartmentTree.Node>,
        at depth: Int,
        chosen: Set<Int>,
        _ texts: Texts
    ) {
        id = node.id
        label = node.name ?? "\(node.id)"
        count = node.people.map(texts.number)
        trail = node.trail.lowercased()
        isChosen = chosen.contains(node.id)
        isOpen = depth == 0 || nodes.contains { chosen.contains($0.id) }
        let branches = Self.all(of: nodes, at: depth + 1, chosen: chosen, texts)
        below = branches.isEmpty ? nil : Below(branches: branches, over: node.name ?? "\(node.id)")
    }
}
