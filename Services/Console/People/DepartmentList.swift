import Web

/// The departments of the directory, as a tree; those that are looked for, one below the other.
struct DepartmentList: Sendable {
    let base: String
    /// A list's entries; nothing where there are none.
    let entries: Markup
    let typed: String?

    init(_ provider: IdentityProvider, _ tree: DepartmentTree, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        typed = visit.query["q"]
        let writing = DepartmentEntries(base: base, texts: visit.texts)
        let wanted = (typed ?? "").lowercased()
        entries =
            wanted.isEmpty
            ? writing.tree(of: tree.nodes[...])
            : writing.list(of: tree.nodes.filter { ($0.name ?? "").lowercased().contains(wanted) })
    }
}

/// Writes departments as entries of a list.
private struct DepartmentEntries {
    let base: String
    let texts: Texts

    func list(of nodes: [DepartmentTree.Node]) -> Markup {
        nodes.reduce(into: "") { $0 += "<li>\(line($1))</li>\n" }
    }

    /// Those at the top are open at first.
    func tree(of nodes: ArraySlice<DepartmentTree.Node>, at depth: Int = 0) -> Markup {
        DepartmentTree.branches(of: nodes, at: depth).reduce(into: "") { list, branch in
            list += "<li>\(line(branch.node))\(below(branch.node, branch.below, at: depth))</li>\n"
        }
    }

    private func below(
        _ node: DepartmentTree.Node,
        _ nodes: ArraySlice<DepartmentTree.Node>,
        at depth: Int
    ) -> Markup {
        guard !nodes.isEmpty else { return "" }
        return """
            <details\(" open", if: depth == 0)><summary><span class="visually-hidden">\(texts["scope.below"]) \
            <bdi>\(label(node))</bdi></span></summary><ul>\(tree(of: nodes, at: depth + 1))</ul></details>
            """
    }

    private func line(_ node: DepartmentTree.Node) -> Markup {
        let people = node.people.map { texts.counted("people.count", $0) }
        let count: Markup = people.map { "<span class=\"count\">\($0)</span>" } ?? ""
        return """
            <div class="line"><a href="\(base)/people?department=\(node.id)"><bdi>\(label(node))</bdi></a> \
            <small class="sub inline-sub">\(texts["people.departmentNumber"]) \
            <code class="sub inline-sub">\(node.id)</code></small>\(count)</div>
            """
    }

    private func label(_ node: DepartmentTree.Node) -> String { node.name ?? "\(node.id)" }
}
