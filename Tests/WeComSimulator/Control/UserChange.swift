import Hummingbird

/// What a control call says about one user, in the names of `user/get`: a field that is not given stays, null takes
/// the key away.
struct UserChange: Sendable {
    private let fields: JSON

    init(_ fields: JSON) { self.fields = fields }

    /// The user as it shall be.
    func applied(to before: User?, id: String, in organisation: Organisation) throws -> User {
        let memberships = try memberships(before, in: organisation)
        var user = User(
            id: before?.id ?? id,
            name: fields["name"]?.text ?? before?.name ?? id,
            memberships: memberships,
            mainDepartment: fields["main_department"]?.integer ?? memberships[0].department
        )
        if fields["main_department"] == nil, let main = before?.mainDepartment, user.departments.contains(main) {
            user.mainDepartment = main
        }
        user.position = fields["position"]?.text ?? before?.position ?? ""
        user.gender = fields["gender"]?.text ?? before?.gender ?? "0"
        user.avatar = fields["avatar"]?.text ?? before?.avatar ?? ""
        user.mobile = optional("mobile", before?.mobile)
        user.email = optional("email", before?.email)
        user.bizMail = optional("biz_mail", before?.bizMail)
        user.telephone = optional("telephone", before?.telephone)
        user.alias = optional("alias", before?.alias)
        user.address = optional("address", before?.address)
        user.employeeNumber = optional("employee_number", before?.employeeNumber)
        user.status = try status(before)
        return user
    }

    private func optional(_ name: String, _ before: String?) -> String? {
        guard let field = fields[name] else { return before }
        return field.text
    }

    private func status(_ before: User?) throws -> User.Status {
        guard let number = fields["status"]?.integer else { return before?.status ?? .active }
        guard let status = User.Status(rawValue: number) else {
            throw refusal(.badRequest, "the field status is 1, 2, 4 or 5")
        }
        return status
    }

    private func memberships(_ before: User?, in organisation: Organisation) throws -> [User.Membership] {
        guard let ids = fields["department"]?.integers else {
            guard let before else { throw refusal(.badRequest, "a new user needs the field department") }
            return before.memberships
        }
        guard !ids.isEmpty, Set(ids).count == ids.count, ids.allSatisfy({ organisation.departments[$0] != nil }) else {
            throw refusal(.badRequest, "the field department must list departments that are there, each once")
        }
        let orders = fields["order"]?.integers ?? []
        return ids.enumerated().map { place, id in
            let known = before?.memberships.first { $0.department == id }?.order ?? 0
            return User.Membership(department: id, order: place < orders.count ? orders[place] : known)
        }
    }
}
