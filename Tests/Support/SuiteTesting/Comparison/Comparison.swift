/// A field in which the directory is not what WeCom shows.
public struct Difference: Sendable, CustomStringConvertible {
    /// The object, such as `user zhangsan`.
    public let object: String
    /// The field.
    public let field: String
    /// What WeCom shows.
    public let expected: String
    /// What the directory has.
    public let found: String

    /// All of it in one line.
    public var description: String { "\(object): \(field) is \(found), WeCom shows \(expected)" }
}

/// Compares the directory with the truth, field by field.
public struct Comparison: Sendable {
    /// What differs.
    public private(set) var differences: [Difference] = []

    /// - Parameters:
    ///   - users: Everybody in the directory.
    ///   - departments: All departments of the directory.
    public init(of users: [Directory.User], and departments: [Directory.Department], with truth: Truth) {
        compare(departments, with: truth.departments)
        compare(users, with: truth.users)
    }

    private mutating func compare(_ found: [Directory.Department], with truth: [Truth.Department]) {
        let active = Dictionary(uniqueKeysWithValues: found.filter { $0.state == "active" }.map { ($0.externalID, $0) })
        let expected = Dictionary(uniqueKeysWithValues: truth.map { ($0.id, $0) })
        for (id, department) in expected {
            guard let present = active[id] else {
                note("department \(id)", "presence", "there", "missing")
                continue
            }
            note("department \(id)", "parent", department.parentid, present.parentID ?? 0)
            note("department \(id)", "name", department.name, present.name)
            note("department \(id)", "order", department.order, present.order)
            note("department \(id)", "leaders", department.leaders.sorted(), present.leaders.sorted())
        }
        for id in active.keys where expected[id] == nil { note("department \(id)", "presence", "gone", "there") }
    }

    private mutating func compare(_ found: [Directory.User], with truth: [Truth.User]) {
        let byKey = Dictionary(uniqueKeysWithValues: found.map { ($0.externalID.lowercased(), $0) })
        let expected = Dictionary(uniqueKeysWithValues: truth.map { ($0.userid.lowercased(), $0) })
        for (key, user) in expected {
            guard let present = byKey[key], present.state == "active" else {
                note("user \(user.userid)", "presence", "there", byKey[key]?.state ?? "missing")
                continue
            }
            compare(present, with: user)
        }
        for (key, user) in byKey where expected[key] == nil && (user.state == "active" || user.enabled) {
            note("user \(user.externalID)", "presence", "gone", "there")
        }
    }

    private mutating func compare(_ present: Directory.User, with user: Truth.User) {
        let object = "user \(user.userid)"
        note(object, "userid", user.userid, present.externalID)
        note(object, "username", user.userid, present.username)
        note(object, "name", user.name, present.displayName)
        noteUnlessAbsent(object, "email", user.email, present.email)
        noteUnlessAbsent(object, "mobile", user.mobile, present.mobile)
        noteUnlessAbsent(object, "telephone", user.telephone, present.telephone)
        noteUnlessAbsent(object, "title", user.position, present.title)
        noteUnlessAbsent(object, "alias", user.alias, present.alias)
        let status = user.status ?? 1
        note(object, "status", status, present.status)
        note(object, "enabled", status == 1 || status == 4, present.enabled)
        note(object, "main department", user.main_department, present.mainDepartment)
        note(object, "departments", Self.memberships(of: user), present.departments.map(Self.text).sorted())
        note(object, "leaders", (user.direct_leader ?? []).sorted(), present.leaders.sorted())
    }

    private static func memberships(of user: Truth.User) -> [String] {
        user.department.enumerated().map { index, department in
            let order = user.order.flatMap { index < $0.count ? $0[index] : nil } ?? 0
            let leads = user.is_leader_in_dept.flatMap { index < $0.count ? $0[index] : nil } ?? 0
            return text(Directory.User.Membership(id: department, order: order, isLeader: leads == 1))
        }.sorted()
    }

    private static func text(_ membership: Directory.User.Membership) -> String {
        "\(membership.id)/\(membership.order)/\(membership.isLeader)"
    }

    /// A field that WeCom does not tell says nothing about the directory (wecom.md §3.6).
    private mutating func noteUnlessAbsent(_ object: String, _ field: String, _ expected: String?, _ found: String?) {
        guard let expected else { return }
        note(object, field, expected, found)
    }

    private mutating func note<Value: Equatable>(_ object: String, _ field: String, _ expected: Value, _ found: Value) {
        guard expected != found else { return }
        differences.append(
            Difference(object: object, field: field, expected: "\(expected)", found: "\(found)")
        )
    }
}
