import Messages
import Runtime

/// What is asked for a new administrator.
struct NewAdministrator: Sendable {
    var user: UserID
    /// Nil for the caller's own tenant.
    var tenant: TenantID?
    var name: String
    var role: Role

    /// The body's fields.
    static let rule = Form.object { form throws(Mistakes) -> NewAdministrator? in
        let user = form.required("userID", Rule<UserID>.identifier("user"))
        let tenant = form.optional("tenantID", Rule<TenantID>.identifier("tenant").orNull)
        let name = form.required("name", .title(1...100))
        let role = form.required("role", Rule<Role>.word)
        guard let user, let name, let role else { return nil }
        return NewAdministrator(user: user, tenant: tenant ?? nil, name: name, role: role)
    }
}

/// What is changed of an administrator; what is left out stays.
struct AdministratorChange: Sendable {
    var name: String?
    var role: Role?

    /// The body's fields.
    static let rule = Form.object { form throws(Mistakes) -> AdministratorChange? in
        let name = form.optional("name", .title(1...100))
        let role = form.optional("role", Rule<Role>.word)
        return AdministratorChange(name: name, role: role)
    }
}
