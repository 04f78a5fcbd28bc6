import JSONCoding
import Messages
import WeCom

/// Plans a run of kind `objects`: its departments as far as they lie in range and scope, each with its record. The whole
/// list of departments is never asked for.
struct ObjectsPlanner: Sendable {
    let session: CorpSession
    let ancestry: Ancestry

    /// What is read.
    struct Plan: Sendable {
        /// Those that are there, each with what is below it, parents before children, and their records.
        var departments: [DepartmentList.Department] = []
        var shortcomings: [String] = []
        var notices: [String] = []
        var unread: [Int64] = []

        fileprivate mutating func add(_ department: DepartmentList.Department) {
            guard !departments.contains(where: { $0.id == department.id }) else { return }
            departments.append(department)
        }
    }

    /// - Throws: ``RunFailure`` when WeCom refuses the whole run.
    @concurrent
    func plan(_ target: RunTarget) async throws -> Plan {
        var plan = Plan()
        for id in Set(target.departments).sorted() {
            switch try await ancestry.place(of: id) {
            case .inside: try await add(id, withBelow: target.includesBelow, to: &plan)
            case .outside:
                plan.notices.append(
                    "Department \(id) is not in the scope, or not in the visible range, and was not read."
                )
            case .absent(let cause): plan.notices.append("Department \(id) is no longer there: \(cause).")
            case .unknown(let cause): plan.note(unread: id, cause)
            }
        }
        return plan
    }

    private func add(_ id: Int64, withBelow: Bool, to plan: inout Plan) async throws {
        guard let department = try await ancestry.record(of: id) else { return }
        guard withBelow else { return plan.add(department) }
        do {
            let list = try DepartmentList(try await session.departmentList(under: id))
            if list.withoutID > 0 { plan.note(unread: id, "WeCom lists \(list.withoutID) departments without an id") }
            let byID = Dictionary(list.departments.map { ($0.id, $0) }) { first, _ in first }
            // A list that does not even show what it was asked for is none.
            guard list.tree.contains(id) else { return plan.note(unread: id, "WeCom's list does not show it") }
            for below in list.tree.expanded([id]).compactMap({ byID[$0] }) { plan.add(below) }
        } catch let error as WeComError {
            guard error.concernsOneUnit else { throw error.consequence }
            plan.note(unread: id, error.cause)
        } catch is JSONError {
            plan.note(unread: id, "WeCom's answer is not of its form")
        }
    }
}

extension ObjectsPlanner.Plan {
    fileprivate mutating func note(unread id: Int64, _ cause: String) {
        shortcomings.append("Department \(id) could not be read: \(cause).")
        unread.append(id)
    }
}
