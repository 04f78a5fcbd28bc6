import Messages
import WeCom

extension CorpSession {
    /// People's records with where their departments stand, for rules that ask for it.
    func addingDepartmentPaths(to people: [[UInt8]]) async throws -> [[UInt8]] {
        let list = LiveAnswer.objects("department", in: try await departmentList())
        let departments = list.compactMap(VisibleDepartment.init)
        let paths = DepartmentPaths(
            departments.map { DepartmentPaths.Department(id: $0.id, parent: $0.parentID, name: .init($0.name)) },
            isWhole: departments.count == list.count
        )
        return people.map { Array(paths.adding(to: $0[...])) }
    }
}
