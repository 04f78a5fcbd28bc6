import Mustache
import Web

/// The departments of the directory, as a tree.
struct DepartmentList: Sendable {
    struct Row: Sendable {
        let link: String
        let label: String
        let id: Int
        let indent: Int
        let count: String?
    }

    let base: String
    let rows: [Row]
    let typed: String?

    init(_ provider: IdentityProvider, _ tree: DepartmentTree, _ visit: Visit) {
        let path = "/idps/\(provider.id)"
        let wanted = (visit.query["q"] ?? "").lowercased()
        base = path
        typed = visit.query["q"]
        rows = tree.nodes.filter { wanted.isEmpty || ($0.name ?? "").lowercased().contains(wanted) }.map { node in
            Row(
                link: "\(path)/people?department=\(node.id)",
                label: node.name ?? "\(node.id)",
                id: node.id,
                indent: wanted.isEmpty ? min(node.depth, 8) : 0,
                count: node.people.map { visit.texts.counted("people.count", $0) }
            )
        }
    }
}

/// Told by name, as ``ScopeBranch`` is.
extension DepartmentList.Row: MustacheParent {
    func child(named name: String) -> Any? {
        switch name {
        case "link": link
        case "label": label
        case "id": id
        case "indent": indent
        case "count": count
        default: nil
        }
    }
}
