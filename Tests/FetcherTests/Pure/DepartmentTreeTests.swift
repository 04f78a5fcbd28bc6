import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct DepartmentTreeTests {
    @Test("a department whose parent is not there is a root, whatever its parent's number")
    func roots() {
        let tree = DepartmentTree([(5, 4), (4, 3), (7, 0), (9, nil), (8, 8)])
        #expect(tree.roots == [4, 7, 9, 8])
    }

    @Test("departments are expanded downwards, in whatever order they came")
    func expansion() {
        let tree = DepartmentTree([(5, 4), (4, 3), (3, 1), (2, 1), (6, 2)])
        #expect(tree.expanded([4]) == [4, 5])
        #expect(tree.expanded([5, 3]) == [3, 4, 5])
        #expect(Set(tree.expanded([2, 3])) == [2, 3, 4, 5, 6])
        #expect(tree.expanded([77]).isEmpty)
    }

    @Test("what hangs below a department that is not listed is found, and the enterprise is no department")
    func belowUnlisted() {
        let tree = DepartmentTree([(2, 1), (3, 1), (6, 5), (5, 4), (9, 0)])
        #expect(tree.expanded([1]) == [2, 3])
        #expect(tree.expanded([4]) == [5, 6])
        #expect(tree.expanded([0]).isEmpty)
    }

    @Test("of departments that are each other's parents the smallest is a root, and all below them is found")
    func cycle() {
        let tree = DepartmentTree([(4, 3), (3, 2), (2, 3), (1, 0), (9, 9), (8, 9), (7, 6), (5, 7), (6, 5)])
        #expect(tree.roots == [2, 1, 9, 5])
        #expect(tree.cut == [2, 5, 9])
        #expect(tree.expanded([2]) == [2, 3, 4])
        #expect(tree.expanded(tree.roots) == [2, 3, 4, 1, 9, 8, 5, 6, 7])
        // Whoever is chosen in a ring has all of it below, as WeCom says so.
        #expect(Set(tree.expanded([3])) == [2, 3, 4])
        #expect(Set(tree.expanded([7])) == [5, 6, 7])
    }

    @Test("a tree is not cut")
    func nothingToCut() {
        #expect(DepartmentTree([(2, 1), (3, 2), (1, 0), (4, 77), (5, nil)]).cut.isEmpty)
    }

    @Test("however parents are drawn, nobody is lost, and each ring is cut once at its smallest id")
    func anyParents() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let count = Int64.random(in: 1...12, using: &generator)
            let parents = (1...count).map { (id: $0, parent: Int64.random(in: 0...count, using: &generator)) }
            let tree = DepartmentTree(parents.shuffled(using: &generator).map { ($0.id, $0.parent) })
            #expect(tree.expanded(tree.roots).sorted() == Array(1...count))
            let parent = Dictionary(uniqueKeysWithValues: parents.map { ($0.id, $0.parent) })
            let smallest = (1...count).filter { start in
                var (at, seen) = (parent[start] ?? 0, [start])
                while at != 0, at != start, seen.count <= 12 {
                    seen.append(at)
                    at = parent[at] ?? 0
                }
                return at == start && seen.min() == start
            }
            #expect(tree.cut == smallest)
        }
    }

    @Test("what is expanded has everything below, nothing else, each once and no child before its parent")
    func anyTree() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let count = Int64.random(in: 1...40, using: &generator)
            let parents = (1...count).map { (id: $0, parent: Int64.random(in: 0..<$0, using: &generator)) }
            let tree = DepartmentTree(parents.shuffled(using: &generator).map { ($0.id, $0.parent) })
            let chosen = (0..<3).map { _ in Int64.random(in: 1...count, using: &generator) }
            let parent = Dictionary(uniqueKeysWithValues: parents.map { ($0.id, $0.parent) })
            func isBelow(_ id: Int64) -> Bool {
                chosen.contains(id) || parent[id].map { $0 > 0 && isBelow($0) } ?? false
            }
            let expanded = tree.expanded(chosen)
            #expect(expanded.sorted() == (1...count).filter(isBelow))
            for (index, id) in expanded.enumerated() {
                #expect(expanded[index...].contains(parent[id] ?? 0) == false)
            }
        }
    }
}
