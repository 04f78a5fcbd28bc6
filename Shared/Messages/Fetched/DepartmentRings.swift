/// Departments that are their own parents, directly or by way of others (`wecom.md` shows trees only, yet answers have
/// been seen that are none).
public enum DepartmentRings {
    /// Those that are taken for roots, so that everything below a ring has its place: of each ring the smallest id.
    ///
    /// - Parameter departments: In any order, each id once.
    /// - Returns: In ascending order.
    public static func cut(_ departments: some Sequence<(id: Int64, parent: Int64?)>) -> [Int64] {
        let parents = Dictionary(departments.map { ($0.id, $0.parent) }) { first, _ in first }
        var visited: [Int64: Int64] = [:]
        var cut: [Int64] = []
        for start in parents.keys where visited[start] == nil {
            var at = start
            while let parent = parents[at], visited[at] == nil {
                visited[at] = start
                guard let parent else { break }
                at = parent
            }
            // Whoever comes back to where this very walk was has gone round.
            if visited[at] == start, let smallest = ring(from: at, parents) { cut.append(smallest) }
        }
        return cut.sorted()
    }

    /// The smallest id of the ring that `start` is in; `nil` if it is in none.
    private static func ring(from start: Int64, _ parents: [Int64: Int64?]) -> Int64? {
        var smallest = start
        var at = start
        repeat {
            guard let next = parents[at] ?? nil else { return nil }
            at = next
            smallest = min(smallest, at)
        } while at != start
        return smallest
    }
}
