import Messages

/// What a run reads: the visible range within the scope.
struct RunPlan: Sendable {
    /// The departments, parents before children.
    let departments: [DepartmentList.Department]
    /// People to be read one by one, unless a department showed them.
    let people: [String]
    let scopeHash: ContentDigest
    let visibleRangeHash: ContentDigest
    /// Why this is not all of the range and the scope, a sentence each.
    let shortcomings: [String]

    /// - Parameter shortcomings: What is missing in the range already.
    init(
        _ list: DepartmentList,
        range: VisibleRange,
        scope: SynchronizationScope,
        shortcomings: [String] = []
    ) {
        let tree = DepartmentTree(list.departments.map { ($0.id, $0.parent) })
        let visible = tree.expanded(range.departments)
        var shortcomings = shortcomings + Self.shortcomings(of: list, range, tree)
        let chosen: [Int64]
        switch scope {
        case .all:
            chosen = visible
            people = range.users
        case .departments(let departments):
            let isVisible = Set(visible)
            for department in Set(departments).sorted() where !isVisible.contains(department) {
                shortcomings.append("Department \(department) is to be synchronised, but the app cannot see it.")
            }
            chosen = tree.expanded(departments.filter(isVisible.contains))
            people = []
        }
        let byID = Dictionary(list.departments.map { ($0.id, $0) }) { first, _ in first }
        self.departments = chosen.compactMap { byID[$0] }
        self.shortcomings = shortcomings
        scopeHash = scope.hash
        visibleRangeHash = range.hash
    }

    private static func shortcomings(
        of list: DepartmentList,
        _ range: VisibleRange,
        _ tree: DepartmentTree
    ) -> [String] {
        if range.isEmpty { return ["The app's visible range is empty."] }
        var shortcomings: [String] = []
        if list.departments.isEmpty {
            if !range.departments.isEmpty { shortcomings.append("WeCom lists no department.") }
        } else {
            for department in range.departments where !tree.contains(department) {
                shortcomings.append("Department \(department) is visible to the app, but WeCom does not list it.")
            }
        }
        if list.withoutID > 0 { shortcomings.append("WeCom lists \(list.withoutID) departments without an id.") }
        return shortcomings
    }

    /// The sum of the digests of the departments' ids.
    var departmentDigest: ContentDigest {
        departments.reduce(.zero) { $0 &+ ContentDigest(of: String($1.id)) }
    }
}
