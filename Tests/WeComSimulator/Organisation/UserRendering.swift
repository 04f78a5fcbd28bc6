/// How one application sees people: which of them, which of their departments and which fields.
struct UserRendering {
    let organisation: Organisation
    let visibility: Visibility
    let fields: FieldSet

    /// The whole object of `user/get` and `user/list` (wecom.md §3.6).
    func write(_ user: User, to writer: inout JSONWriter) {
        let memberships = user.memberships.filter { visibility.includes(department: $0.department) }
        writer.object { writer in
            writer.member("userid", user.id)
            if fields.contains(.userName) { writer.member("name", user.name) }
            writer.member("department", memberships.map(\.department))
            writer.member("order", memberships.map(\.order))
            if visibility.includes(department: user.mainDepartment) {
                writer.member("main_department", user.mainDepartment)
            }
            let leading = memberships.map { organisation.isLeader(user, of: $0.department) ? 1 : 0 }
            writer.member("is_leader_in_dept", leading)
            writer.member("direct_leader", visible(organisation.directLeaders(of: user)))
            writer.member("isleader", leading.contains(1) ? 1 : 0)
            writer.member("status", user.status.rawValue)
            writer.member("enable", user.status == .disabled ? 0 : 1)
            writer.member("hide_mobile", 0)
            writeGranted(user, to: &writer)
        }
    }

    private func writeGranted(_ user: User, to writer: inout JSONWriter) {
        writer.member("gender", fields.contains(.gender) ? user.gender : "0")
        writer.optional("position", user.position, if: fields.contains(.position))
        writer.optional("mobile", user.mobile, if: fields.contains(.mobile))
        writer.optional("email", user.email, if: fields.contains(.email))
        writer.optional("biz_mail", user.bizMail, if: fields.contains(.email))
        writer.optional("telephone", user.telephone, if: fields.contains(.telephone))
        writer.optional("alias", user.alias, if: fields.contains(.extended))
        writer.optional("address", user.address, if: fields.contains(.address))
        writer.optional("avatar", user.avatar, if: fields.contains(.avatar))
        writer.optional("external_position", "", if: fields.contains(.extended))
        if fields.contains(.extended) { writeExtended(user, to: &writer) }
    }

    private func writeExtended(_ user: User, to writer: inout JSONWriter) {
        writer.name("extattr")
        writer.object { writer in
            writer.name("attrs")
            writer.array(user.employeeNumber.map { [$0] } ?? []) { writer, number in
                writer.object { writer in
                    writer.member("type", 0)
                    writer.member("name", "工号")
                    writer.name("text")
                    writer.object { $0.member("value", number) }
                }
            }
        }
    }

    /// The few members of `user/simplelist` (wecom.md §3.4).
    func writeSimple(_ user: User, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("userid", user.id)
            if fields.contains(.userName) { writer.member("name", user.name) }
            writer.member("department", user.departments.filter { visibility.includes(department: $0) })
        }
    }

    /// Only those whom the application may see.
    func visible(_ ids: [String]) -> [String] {
        visibility.departments == nil
            ? ids : ids.filter { organisation.user($0).map(visibility.includes) ?? false }
    }
}

extension JSONWriter {
    /// Writes nothing where there is no value or it was not granted.
    fileprivate mutating func optional(_ name: String, _ value: String?, if isGranted: Bool) {
        if let value, isGranted { member(name, value) }
    }
}
