/// `department/…` (wecom.md §3.1–3.3).
struct DepartmentEndpoints: Sendable {
    var table: [String: Endpoint] {
        [
            "department/list": .get(.access(list)),
            "department/simplelist": .get(.access(simpleList)),
            "department/get": .get(.access(get)),
        ]
    }

    @Sendable private func list(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let key = try grant.requireDetails()
        let id = try call.integer("id")
        return try grant.corp.withState { state in
            if let id { try state.check(department: id, key) }
            return .rendered(state.withView(key) { $0.departmentList(below: id, in: $1) })
        }
    }

    @Sendable private func simpleList(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let id = try call.integer("id")
        return try grant.corp.withState { state in
            if let id { try state.check(department: id, grant.viewKey) }
            return .rendered(state.withView(grant.viewKey) { $0.simpleDepartmentList(below: id, in: $1) })
        }
    }

    @Sendable private func get(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let key = try grant.requireDetails()
        guard let id = try call.integer("id") else { throw Refusal.invalidParameter }
        return try grant.corp.withState { state in
            let department = try state.check(department: id, key)
            return .rendered(
                state.withView(key) { view, organisation in
                    var writer = JSONWriter(controlCharacters: .raw)
                    writer.object { writer in
                        writer.member("errcode", 0)
                        writer.member("errmsg", "ok")
                        writer.name("department")
                        view.departments(in: organisation).write(department, to: &writer)
                    }
                    return writer.buffer
                }
            )
        }
    }
}

extension Corp.State {
    /// The department, where it exists (60003) and is visible to the view (60011).
    @discardableResult
    mutating func check(department id: Int, _ key: ViewKey) throws(Refusal) -> Department {
        guard let department = organisation.departments[id] else { throw .unknownDepartment }
        guard withView(key, { view, _ in view.visibility.includes(department: id) }) else { throw .noPrivilege }
        return department
    }
}
