import WeCom

/// Departments that WeCom lists and does not link to the visible range: going up from parent to parent one comes to a
/// department that is not listed, or whose parent cannot be read (`wecom.md` §8 #1, #2).
///
/// Only WeCom's word that the app may not see what is above, or a chain that is known up to the enterprise itself, puts
/// them outside the range.
struct BrokenChains: Sendable {
    /// Where the way up from a department ends.
    enum End: Equatable, Sendable {
        /// At a department of the range.
        case inside
        /// At the enterprise, or where the app sees nothing.
        case outside
        /// Nobody knows: at this department, of which WeCom has not been asked, or did not say what is above.
        case open(at: Int64)
        /// Where it began: the departments are each other's parents.
        case ring
    }

    /// One whose parent is not told is the enterprise itself.
    private static let root: Int64 = 1

    /// The departments from which all others are reached that the range does not reach, in the order of the list.
    let tops: [Int64]
    private let inside: Set<Int64>
    private let parents: [Int64: Int64?]

    init(_ list: DepartmentList, range: VisibleRange) {
        let reached = Set(list.tree.expanded(range.departments))
        tops = list.tree.roots.filter { !reached.contains($0) }
        inside = reached.union(range.departments)
        parents =
            tops.isEmpty
            ? [:] : Dictionary(list.departments.map { ($0.id, $0.parent) }) { first, _ in first }
    }

    /// The way up from a department, without itself, and where it ends.
    func way(from top: Int64, _ words: [Int64: DepartmentWord]) -> (above: [Int64], end: End) {
        var met: Set<Int64> = []
        var above: [Int64] = []
        var next = top
        while met.insert(next).inserted {
            if next != top { above.append(next) }
            if inside.contains(next) { return (above, .inside) }
            switch (listedParent(of: next), words[next]) {
            case (let parent?, _), (nil, .present(parent: let parent?)?):
                guard parent > 0 else { return (above, .outside) }
                next = parent
            case (nil, .absent(.outside, _)?): return (above, .outside)
            case (nil, _): return (above, next == Self.root ? .outside : .open(at: next))
            }
        }
        return (above, .ring)
    }

    private func listedParent(of id: Int64) -> Int64? { parents[id] ?? nil }

    /// Departments that WeCom is to be asked for next, so that the ways become known.
    func questions(knowing words: [Int64: DepartmentWord]) -> [Int64] {
        var questions: Set<Int64> = []
        for top in tops {
            if case .open(let department) = way(from: top, words).end, words[department] == nil {
                questions.insert(department)
            }
        }
        return questions.sorted()
    }
}
