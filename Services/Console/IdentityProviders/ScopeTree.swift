/// Makes branches of departments that are told in the order of the tree.
struct ScopeTree: Sendable {
    let chosen: Set<Int>
    let isFixed: Bool
    let texts: Texts

    /// - Parameter nodes: The first of them is at this depth.
    func branches(of nodes: ArraySlice<DepartmentTree.Node>, at depth: Int = 0) -> [ScopeBranch] {
        DepartmentTree.branches(of: nodes, at: depth).map { branch($0.node, above: $0.below, at: depth) }
    }

    private func branch(
        _ node: DepartmentTree.Node,
        above nodes: ArraySlice<DepartmentTree.Node>,
        at depth: Int
    ) -> ScopeBranch {
        let name = node.name ?? "\(node.id)"
        let below = branches(of: nodes, at: depth + 1)
        return ScopeBranch(
            id: node.id,
            label: name,
            count: node.people.map(texts.number),
            isChosen: chosen.contains(node.id),
            isFixed: isFixed,
            isOpen: depth == 0 || nodes.contains { chosen.contains($0.id) },
            below: below.isEmpty ? nil : ScopeBranch.Below(branches: below, says: texts["scope.below"], over: name)
        )
    }
}
