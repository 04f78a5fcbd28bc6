import JSONCoding
import Messages
import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(1)))
struct RunPlanTests {
    private let list: DepartmentList = {
        let json = #"{"errcode":0,"department":[{"id":3,"parentid":2},{"id":2,"parentid":1},{"id":4,"parentid":1}]}"#
        return try! DepartmentList(Array(json.utf8))
    }()

    @Test("the whole range is read where the scope is everything")
    func everything() {
        let plan = RunPlan(list, range: range([2], users: ["b", "a", "A"]), scope: .all)
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
        let plan = RunPlan(list, range: range([2, 8]), scope: .all)
        #expect(plan.shortcomings == ["Department 8 is visible to the app, but WeCom does not list it."])
    }

    @Test("a chosen department that the app cannot see is a shortcoming, and the others are read")
    func invisibleChoice() {
        let plan = RunPlan(list, range: range([2], users: ["a"]), scope: .departments([3, 4, 3]))
        #expect(plan.departments.map(\.id) == [3])
        #expect(plan.people.isEmpty)
        #expect(plan.shortcomings == ["Department 4 is to be synchronised, but the app cannot see it."])
    }

    @Test("the hashes tell ranges and scopes apart, whatever their order")
    func hashes() {
        #expect(range([1, 2], users: ["a", "b"]).hash == range([2, 1, 2], users: ["b", "a"]).hash)
        #expect(range([1, 2]).hash != range([12]).hash)
        #expect(range([1], users: ["a", "b"]).hash != range([1], users: ["a\n1:b"]).hash)
        #expect(SynchronizationScope.all.hash != SynchronizationScope.departments([]).hash)
        #expect(SynchronizationScope.departments([1, 2]).hash == SynchronizationScope.departments([2, 1]).hash)
    }

    @Test("departments without an id are counted, and of two with one id the first holds")
    func oddDepartments() throws {
        let json = #"{"department":[{"name":"x"},5,{"id":"2"},{"id":1,"a":1},{"id":1,"a":2}],"errmsg":"ok"}"#
        let list = try DepartmentList(Array(json.utf8))
        #expect(list.withoutID == 3)
        #expect(list.departments.map { String(decoding: list.bytes(of: $0), as: UTF8.self) } == [#"{"id":1,"a":1}"#])
    }

    @Test(
        "an answer that is cut off, or has no list, is none",
        arguments: [#"{"department":[{"id":1}"#, #"{"errcode":0}"#, "[]", ""]
    )
    func unreadable(json: String) {
        #expect(throws: JSONError.self) { try DepartmentList(Array(json.utf8)) }
    }

    private func range(_ departments: [Int64], users: [String] = []) -> VisibleRange {
        VisibleRange(departments: departments, users: users, tags: [], isCaseSensitive: false)
    }
}
