import Messages

/// Departments and what is below each.
///
/// A department whose parent is not among them is a root, whatever its parent's number
/// (`wecom.md` §8 #1, #2). Of departments that are below themselves one is a root.
struct DepartmentTree: Sendable {
    private let children: [Int64: [Int64]]
    private let ids: Set<Int64>
    /// All of them, parents before children but where a ring was cut.
    private let order: [Int64]
    /// In the order in which they came.
    let roots: [Int64]
    /// Those that are below themselves, and were taken for roots (``DepartmentRings``).
    let cut: [Int64]

    /// - Parameter departments: In any order, each id once.
    init(_ departments: [(id: Int64, parent: Int64?)]) {
        let ids = Set(departments.map(\.id))
        let cut = DepartmentRings.cut(departments)
        let isCut = Set(cut)
        var children: [Int64: [Int64]] = [:]
        var roots: [Int64] = []
        for (id, parent) in departments {
            let isRoot = parent.map { !ids.contains($0) } ?? true
            if isRoot || isCut.contains(id) { roots.append(id) }
            // Whoever is chosen in a ring has all of it below, and so has a parent that is not listed itself.
            if let parent, parent > 0 { children[parent, default: []].append(id) }
        }
        self.ids = ids
        self.children = children
        self.roots = roots
        self.cut = cut
        order = Self.below(roots, children)
    }

    func contains(_ id: Int64) -> Bool { ids.contains(id) }

    /// These departments and all below them, parents before children, each once. Those that are not in
    /// the tree are left out; what hangs below them is not.
    func expanded(_ departments: some Sequence<Int64>) -> [Int64] {
        let chosen = Set(Self.below(departments, children))
        return order.filter(chosen.contains)
    }

    private static func below(_ departments: some Sequence<Int64>, _ children: [Int64: [Int64]]) -> [Int64] {
        var found: Set<Int64> = []
        var order: [Int64] = []
        var next = 0
        for department in departments {
            if found.insert(department).inserted { order.append(department) }
            while next < order.count {
                for child in children[order[next]] ?? [] where found.insert(child).inserted { order.append(child) }
                next += 1
            }
        }
        return order
    }
}
