import JSONCoding
import Messages
import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct ManifestBuilderTests {
    private func plan(_ ids: [Int64]) throws -> RunPlan {
        let departments = ids.map { #"{"id":\#($0),"parentid":0}"# }.joined(separator: ",")
        let list = try DepartmentList(Array("{\"department\":[\(departments)]}".utf8))
        return RunPlan(
            list,
            range: RangeReading.Result(
                range: VisibleRange(departments: ids, users: [], tags: [], isCaseSensitive: false)
            ),
            scope: .all
        )
    }

    @Test("people of departments that left the plan meanwhile count, the departments do not")
    func formerDepartment() throws {
        var builder = ManifestBuilder(try plan([1, 2]))
        builder.add(DepartmentPeople(department: 9, keys: [.sum("a")], shortcomings: []))
        builder.add(DepartmentPeople(department: 1, keys: [.sum("a"), .sum("b")], shortcomings: []))
        let manifest = builder.manifest(pages: 3)
        #expect(manifest.departmentsRead == 1)
        #expect(manifest.departmentsExpected == 2)
        #expect(manifest.distinctUsers == 2)
        #expect(manifest.userDigest == .sum("a", "b"))
        #expect(manifest.departmentDigest == .sum([1, 2]))
        #expect(manifest.pages == 3)
    }

    @Test("a department that is not all there is named, one that is gone makes nothing incomplete")
    func units() throws {
        var builder = ManifestBuilder(try plan([1, 2, 3]))
        builder.add(DepartmentPeople(department: 1, keys: [], shortcomings: []))
        builder.tell("Department 3 is no longer there.")
        let whole = builder.manifest(pages: 0)
        #expect(whole.isComplete && whole.unreadDepartments.isEmpty)
        #expect(whole.incompleteReasons == ["Department 3 is no longer there."])
        builder.add(DepartmentPeople(department: 2, keys: [], shortcomings: ["One has no id."]))
        let short = builder.manifest(pages: 0)
        #expect(!short.isComplete)
        #expect(short.unreadDepartments == [2])
        #expect(short.incompleteReasons == ["One has no id.", "Department 3 is no longer there."])
    }

    @Test("reasons beyond the fiftieth are counted")
    func manyReasons() throws {
        var builder = ManifestBuilder(try plan([1]))
        for number in 1...60 { builder.note("Reason \(number).") }
        let manifest = builder.manifest(pages: 0)
        #expect(manifest.isComplete == false)
        #expect(manifest.incompleteReasons.count == 51)
        #expect(manifest.incompleteReasons.last == "And 10 further reasons.")
    }
}
