import Messages
import Testing
import WeCom

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct BrokenChainsTests {
    private typealias Listed = (id: Int64, parent: Int64?)

    @Test("what is below an unlisted department of the range is read without a question")
    func belowUnlistedRange() throws {
        let list = try Self.list([(2, 1), (3, 1)])
        #expect(BrokenChains(list, range: Self.range([1])).tops.isEmpty)
        let plan = RunPlan(list, range: RangeReading.Result(range: Self.range([1])), scope: .all)
        #expect(plan.departments.map(\.id) == [2, 3])
    }

    @Test("what is above a broken chain is asked for, level by level, until it meets the range")
    func questions() throws {
        let list = try Self.list([(1, 0), (6, 5), (7, 6)])
        let chains = BrokenChains(list, range: Self.range([1]))
        #expect(chains.questions(knowing: [:]) == [5])
        #expect(chains.questions(knowing: [5: .present(parent: 4)]) == [4])
        let words: [Int64: DepartmentWord] = [5: .present(parent: 4), 4: .present(parent: 1)]
        #expect(chains.questions(knowing: words).isEmpty)
        #expect(chains.way(from: 6, words).end == .inside)
        #expect(Self.plan(list, [1], words).departments.map(\.id) == [1, 6, 7])
    }

    @Test("a department whose own parent cannot be read is asked for itself")
    func unreadableParent() throws {
        let list = try Self.list([(1, nil), (5, nil)])
        #expect(BrokenChains(list, range: Self.range([1])).questions(knowing: [:]) == [5])
        #expect(Self.plan(list, [1], [5: .present(parent: 1)]).departments.map(\.id) == [1, 5])
    }

    @Test("what WeCom does not tell is read and told of, and only what is out of sight is left out")
    func silence() throws {
        let list = try Self.list([(1, 0), (5, 4), (7, 6), (9, 8)])
        let words: [Int64: DepartmentWord] = [
            4: .unknown, 6: .absent(.outside, cause: ""), 8: .absent(.gone, cause: ""),
        ]
        let plan = Self.plan(list, [1], words)
        #expect(plan.departments.map(\.id) == [1, 5, 9])
        #expect(
            plan.notices
                == [4, 8].map { "WeCom does not tell what department \($0) is below; it is read all the same." }
        )
        #expect(plan.shortcomings.isEmpty)
    }

    @Test("what may be in the scope falls short where nobody knows it, and is read where the chain says so")
    func scope() throws {
        let list = try Self.list([(1, 0), (3, 1), (5, 4), (7, 6), (8, 7)])
        let words: [Int64: DepartmentWord] = [4: .unknown, 6: .present(parent: 3)]
        let plan = Self.plan(list, [1], words, scope: .departments([3]))
        #expect(plan.departments.map(\.id) == [3, 7, 8])
        #expect(plan.shortcomings == ["It is not known whether department 5 is to be synchronised."])
        #expect(plan.unread == [5])
    }

    @Test("whatever departments the list leaves out, all that it shows of the range is read and nothing else")
    func anyHoles() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let count = Int64.random(in: 2...20, using: &random)
            let parents = (1...count).map { Int64.random(in: 0..<$0, using: &random) }
            let range = [Int64.random(in: 1...count, using: &random), Int64.random(in: 1...count, using: &random)]
            func isInside(_ id: Int64) -> Bool { id > 0 && (range.contains(id) || isInside(parents[Int(id) - 1])) }
            let listed = (1...count).filter { _ in Bool.random(using: &random) }
            guard !listed.isEmpty else { continue }
            let list = try Self.list(
                listed.map { ($0, Int.random(in: 0..<4, using: &random) == 0 ? nil : parents[Int($0) - 1]) }
            )
            let chains = BrokenChains(list, range: Self.range(range))
            var words: [Int64: DepartmentWord] = [:]
            while case let open = chains.questions(knowing: words), !open.isEmpty {
                for id in open {
                    #expect(words[id] == nil)
                    words[id] = isInside(id) ? .present(parent: parents[Int(id) - 1]) : .absent(.outside, cause: "")
                }
            }
            #expect(Set(Self.plan(list, range, words).departments.map(\.id)) == Set(listed.filter(isInside)))
        }
    }

    private static func plan(
        _ list: DepartmentList,
        _ range: [Int64],
        _ words: [Int64: DepartmentWord],
        scope: SynchronizationScope = .all
    ) -> RunPlan {
        RunPlan(list, range: RangeReading.Result(range: Self.range(range)), scope: scope, words: words)
    }

    private static func range(_ departments: [Int64]) -> VisibleRange {
        VisibleRange(departments: departments, users: [], tags: [], isCaseSensitive: false)
    }

    private static func list(_ departments: [Listed]) throws -> DepartmentList {
        let records = departments.map { id, parent in
            let tail = parent.map { #","parentid":\#($0)"# } ?? ""
            return #"{"id":\#(id)\#(tail)}"#
        }
        return try DepartmentList(Array(#"{"department":[\#(records.joined(separator: ","))]}"#.utf8))
    }
}
