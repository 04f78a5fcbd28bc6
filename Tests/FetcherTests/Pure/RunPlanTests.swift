import JSONCoding
import Messages
import Testing
import WeCom

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct RunPlanTests {
    private let list: DepartmentList = {
        let json = #"{"errcode":0,"department":[{"id":3,"parentid":2},{"id":2,"parentid":1},{"id":4,"parentid":1}]}"#
        return try! DepartmentList(Array(json.utf8))
    }()

    /// The app does not see what is above its range.
    private static let nothingAbove: [Int64: DepartmentWord] = [1: .absent(.outside, cause: "outside")]

    @Test("the whole range is read where the scope is everything")
    func everything() {
        let plan = RunPlan(list, range: range([2], users: ["b", "a", "A"]), scope: .all, words: Self.nothingAbove)
        #expect(plan.departments.map(\.id) == [2, 3])
        #expect(plan.people.count == 2)
        #expect(plan.shortcomings.isEmpty)
    }

    @Test("a range of single people needs no departments")
    func peopleOnly() throws {
        let none = try DepartmentList(Array(#"{"department":[]}"#.utf8))
        let plan = RunPlan(none, range: range([], users: ["a"]), scope: .all)
        #expect(plan.people == ["a"])
        #expect(plan.shortcomings.isEmpty)
    }

    @Test("what belongs to the range and is not listed is a shortcoming")
    func missingDepartment() {
        let plan = RunPlan(list, range: range([2, 8]), scope: .all, words: Self.nothingAbove)
        #expect(plan.shortcomings == ["Department 8 is visible to the app, but WeCom does not list it."])
    }

    @Test("a chosen department that the app cannot see is a shortcoming, and the others are read")
    func invisibleChoice() {
        let plan = RunPlan(
            list,
            range: range([2], users: ["a"]),
            scope: .departments([3, 4, 3]),
            words: Self.nothingAbove
        )
        #expect(plan.departments.map(\.id) == [3])
        #expect(plan.people.isEmpty)
        #expect(plan.shortcomings == ["Department 4 is to be synchronised, but the app cannot see it."])
    }

    @Test("a department that is gone in WeCom is told of and falls short of nothing")
    func gone() {
        let plan = RunPlan(
            list,
            range: range([2, 8]),
            scope: .departments([3, 9]),
            words: [
                1: .absent(.outside, cause: "outside"), 8: .absent(.outside, cause: "outside"),
                9: .absent(.gone, cause: "unknown to WeCom"),
            ]
        )
        #expect(plan.departments.map(\.id) == [3])
        #expect(plan.shortcomings.isEmpty && plan.unread.isEmpty)
        #expect(
            plan.notices == [
                "Department 8 of the visible range is no longer there: outside.",
                "Department 9 is to be synchronised, and is no longer there: unknown to WeCom.",
            ]
        )
    }

    @Test(
        "a department of the range that WeCom has and does not list is unread",
        arguments: [DepartmentWord.present(parent: 1), .unknown]
    )
    func fallenShort(word: DepartmentWord) {
        let plan = RunPlan(list, range: range([2, 8]), scope: .all, words: [8: word, 1: .absent(.outside, cause: "")])
        #expect(plan.unread == [8])
        #expect(plan.shortcomings.count == 1 && plan.notices.isEmpty)
    }

    @Test("only what the list does not show is asked for, and nothing where there is no list")
    func unlisted() throws {
        let wanted = SynchronizationScope.departments([3, 9])
        #expect(RunPlan.unlisted(in: list, range([2, 8]).range, wanted) == [8, 9])
        let none = try DepartmentList(Array(#"{"department":[]}"#.utf8))
        #expect(RunPlan.unlisted(in: none, range([2, 8]).range, wanted).isEmpty)
        #expect(RunPlan(none, range: range([2, 8]), scope: .all).unread == [2, 8])
    }

    @Test("with a tag unread the range is not whole")
    func unreadTag() {
        let visible = VisibleRange(
            departments: [2],
            users: [],
            tags: [7],
            unreadTags: [7],
            isCaseSensitive: false
        )
        let range = RangeReading.Result(range: visible, shortcomings: ["Tag 7 could not be read."])
        let plan = RunPlan(list, range: range, scope: .all)
        #expect(!plan.isRangeWhole)
        #expect(plan.shortcomings == ["Tag 7 could not be read."])
    }

    @Test("the hashes tell ranges and scopes apart, whatever their order")
    func hashes() {
        #expect(range([1, 2], users: ["a", "b"]).range.hash == range([2, 1, 2], users: ["b", "a"]).range.hash)
        #expect(range([1, 2]).range.hash != range([12]).range.hash)
        #expect(range([1], users: ["a", "b"]).range.hash != range([1], users: ["a\n1:b"]).range.hash)
        #expect(SynchronizationScope.all.hash != SynchronizationScope.departments([]).hash)
        #expect(SynchronizationScope.departments([1, 2]).hash == SynchronizationScope.departments([2, 1]).hash)
    }

    @Test("departments without an id are counted, and of two with one id the first holds")
    func oddDepartments() throws {
        let json = #"{"department":[{"name":"x"},5,{"id":[2]},{"id":1,"a":1},{"id":"1","a":2}],"errmsg":"ok"}"#
        let list = try DepartmentList(Array(json.utf8))
        #expect(list.withoutID == 3)
        #expect(list.departments.map { String(decoding: list.bytes(of: $0), as: UTF8.self) } == [#"{"id":1,"a":1}"#])
        #expect(list.oddities == ["WeCom lists department 1 more than once, and not alike; the first holds."])
    }

    @Test("ids and parents are read as texts, too, and a department that comes twice alike is not odd")
    func textIDs() throws {
        let json = #"{"department":[{"id":"2","parentid":"1"},{"parentid":2,"id":3},{"parentid":2,"id":3}]}"#
        let list = try DepartmentList(Array(json.utf8))
        #expect(list.departments.map(\.id) == [2, 3])
        #expect(list.departments.map(\.parent) == [1, 2])
        #expect(list.oddities.isEmpty)
        #expect(RunPlan(list, range: range([2]), scope: .all).departments.map(\.id) == [2, 3])
    }

    @Test("what is below itself is read with all below it; it is told, and nothing falls short by it")
    func rings() throws {
        let ring = #"{"id":5,"parentid":4},{"id":4,"parentid":5},{"id":6,"parentid":5},{"id":7,"parentid":7}"#
        let list = try DepartmentList(Array(#"{"department":[{"id":1,"parentid":0},\#(ring)]}"#.utf8))
        let plan = RunPlan(list, range: range([1, 4, 7]), scope: .all)
        #expect(Set(plan.departments.map(\.id)) == [1, 4, 5, 6, 7])
        #expect(plan.shortcomings.isEmpty)
        #expect(
            plan.notices == [4, 7].map { "Department \($0) is below itself, and is taken for a root." }
        )
    }

    @Test(
        "an answer that is cut off, or has no list, is none",
        arguments: [#"{"department":[{"id":1}"#, #"{"errcode":0}"#, "[]", ""]
    )
    func unreadable(json: String) {
        #expect(throws: JSONError.self) { try DepartmentList(Array(json.utf8)) }
    }

    private func range(_ departments: [Int64], users: [String] = []) -> RangeReading.Result {
        RangeReading.Result(
            range: VisibleRange(departments: departments, users: users, tags: [], isCaseSensitive: false)
        )
    }
}
