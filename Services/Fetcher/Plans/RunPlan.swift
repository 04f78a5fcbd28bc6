import Messages
import WeCom

/// What a run reads: the visible range within the scope.
struct RunPlan: Sendable {
    /// The departments, parents before children.
    let departments: [DepartmentList.Department]
    /// People to be read one by one, unless a department showed them.
    let people: [String]
    let scopeHash: ContentDigest
    let visibleRangeHash: ContentDigest
    /// Whether the whole visible range is known.
    let isRangeWhole: Bool
    /// Why this is not all of the range and the scope, a sentence each.
    let shortcomings: [String]
    /// What range and scope name, and WeCom says is gone, and what is odd about the list of departments: a sentence
    /// each. Nothing falls short by it.
    let notices: [String]
    /// Departments of range and scope that cannot be read, as WeCom does not list them.
    let unread: [Int64]

    /// - Parameters:
    ///   - range: What the app may see.
    ///   - words: What WeCom says of ``unlisted(in:_:_:)``, and of what is above ``BrokenChains``.
    init(
        _ list: DepartmentList,
        range: RangeReading.Result,
        scope: SynchronizationScope,
        words: [Int64: DepartmentWord] = [:]
    ) {
        let tree = list.tree
        var account = Account()
        account.shortcomings = range.shortcomings + Self.shortcomings(of: list, range.range)
        account.add(rangeOf: range.range, list, tree, words)
        let unlinked = account.add(unlinkedIn: list, range.range, scope, words)
        let visible = tree.expanded(range.range.departments + unlinked.visible)
        account.notices += list.oddities
        let chosen: [Int64]
        switch scope {
        case .all:
            chosen = visible
            people = range.range.users
        case .departments(let departments):
            let isVisible = Set(visible)
            let isTold = Set(range.range.departments)
            for department in Set(departments).sorted() where !isVisible.contains(department) {
                guard !isTold.contains(department) else { continue }
                account.add(invisible: department, words[department])
            }
            chosen = tree.expanded(departments + unlinked.inScope).filter(isVisible.contains)
            people = []
        }
        let byID = Dictionary(list.departments.map { ($0.id, $0) }) { first, _ in first }
        self.departments = chosen.compactMap { byID[$0] }
        shortcomings = account.shortcomings
        notices = account.notices
        unread = account.unread
        scopeHash = scope.hash
        visibleRangeHash = range.range.hash
        isRangeWhole = range.isWhole
    }

    /// Departments of range and scope that the list does not show, to be asked for by themselves: one that is gone falls
    /// short of nothing.
    static func unlisted(in list: DepartmentList, _ range: VisibleRange, _ scope: SynchronizationScope) -> [Int64] {
        guard !list.departments.isEmpty else { return [] }
        let listed = Set(list.departments.map(\.id))
        var named = Set(range.departments)
        if case .departments(let departments) = scope { named.formUnion(departments) }
        return named.subtracting(listed).sorted()
    }

    private static func shortcomings(of list: DepartmentList, _ range: VisibleRange) -> [String] {
        if range.isEmpty { return ["The app's visible range is empty."] }
        var shortcomings: [String] = []
        if list.departments.isEmpty, !range.departments.isEmpty { shortcomings.append("WeCom lists no department.") }
        if list.withoutID > 0 { shortcomings.append("WeCom lists \(list.withoutID) departments without an id.") }
        return shortcomings
    }

    /// The sum of the digests of the departments' ids.
    var departmentDigest: ContentDigest {
        departments.reduce(.zero) { $0 &+ ContentDigest(of: String($1.id)) }
    }
}

extension RunPlan {
    /// What becomes of the departments that the list does not show.
    private struct Account {
        var shortcomings: [String] = []
        var notices: [String] = []
        var unread: [Int64] = []

        mutating func add(
            rangeOf range: VisibleRange,
            _ list: DepartmentList,
            _ tree: DepartmentTree,
            _ words: [Int64: DepartmentWord]
        ) {
            guard !list.departments.isEmpty else {
                unread += range.departments
                return
            }
            for id in range.departments where !tree.contains(id) {
                if case .absent(_, let cause) = words[id] {
                    notices.append("Department \(id) of the visible range is no longer there: \(cause).")
                } else {
                    shortcomings.append("Department \(id) is visible to the app, but WeCom does not list it.")
                    unread.append(id)
                }
            }
        }

        /// Departments of which the list does not tell what they are below.
        ///
        /// - Returns: Those that are read with all below them, and which of these are in the scope.
        mutating func add(
            unlinkedIn list: DepartmentList,
            _ range: VisibleRange,
            _ scope: SynchronizationScope,
            _ words: [Int64: DepartmentWord]
        ) -> (visible: [Int64], inScope: [Int64]) {
            let chains = BrokenChains(list, range: range)
            let inScope: Set<Int64>? =
                if case .departments(let chosen) = scope { Set(list.tree.expanded(chosen) + chosen) } else { nil }
            var unlinked: (visible: [Int64], inScope: [Int64]) = ([], [])
            for top in chains.tops {
                let (above, end) = chains.way(from: top, words)
                guard end != .outside else { continue }
                unlinked.visible.append(top)
                let isInScope = inScope.map { inScope in
                    inScope.contains(top) || above.contains(where: inScope.contains)
                }
                if isInScope != false { unlinked.inScope.append(top) }
                guard case .open(let department) = end else { continue }
                if isInScope == false {
                    shortcomings.append("It is not known whether department \(top) is to be synchronised.")
                    unread += list.tree.expanded([top]).filter { inScope?.contains($0) == false }
                } else {
                    notices.append(
                        "WeCom does not tell what department \(department) is below; it is read all the same."
                    )
                }
            }
            return unlinked
        }

        /// A department of the scope that is not in the visible range.
        mutating func add(invisible id: Int64, _ word: DepartmentWord?) {
            if case .absent(.gone, let cause) = word {
                notices.append("Department \(id) is to be synchronised, and is no longer there: \(cause).")
                return
            }
            shortcomings.append("Department \(id) is to be synchronised, but the app cannot see it.")
            if word == .unknown { unread.append(id) }
        }
    }
}
