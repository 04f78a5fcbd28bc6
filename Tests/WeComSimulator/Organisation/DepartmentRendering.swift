/// How one application sees departments.
struct DepartmentRendering {
    /// Which parent the topmost visible departments show although it is out of range: WeCom documents neither
    /// reading (wecom.md §9).
    enum ParentOfRoots: String, Sendable, Hashable {
        case real
        case zero
    }

    let people: UserRendering
    let parentOfRoots: ParentOfRoots

    /// The visible ones at and below `id`, or all of them, children before parents as often as not (wecom.md §8, 2).
    func visible(below id: Int?) -> [Department] {
        let organisation = people.organisation
        let ids = id.map { organisation.subtree(of: $0) } ?? Array(organisation.departments.keys)
        return ids.filter { people.visibility.includes(department: $0) }
            .compactMap { organisation.departments[$0] }
            .sorted { (scrambled($0.id), $0.id) < (scrambled($1.id), $1.id) }
    }

    /// One element of `department/list` (wecom.md §3.1).
    func write(_ department: Department, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", department.id)
            if people.fields.contains(.departmentName) { writer.member("name", department.name) }
            if department.id % 100 == 0 { writer.member("name_en", "Department \(department.id)") }
            writer.member("department_leader", people.visible(department.leaders))
            writer.member("parentid", parent(of: department))
            writer.member("order", department.order)
        }
    }

    /// One element of `department/simplelist` (wecom.md §3.2).
    func writeSimple(_ department: Department, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", department.id)
            writer.member("parentid", parent(of: department))
            writer.member("order", department.order)
        }
    }

    func parent(of department: Department) -> Int {
        switch parentOfRoots {
        case .real: department.parentID
        case .zero: people.visibility.includes(department: department.parentID) ? department.parentID : 0
        }
    }

    private func scrambled(_ id: Int) -> UInt64 { (UInt64(id) &* 0x9E37_79B9_7F4A_7C15) >> 32 }
}
