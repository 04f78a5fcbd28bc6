import Hummingbird
import Messages
import Runtime

/// `tenants`: read by all, renamed by their owners; made, suspended and deleted by owners of all tenants.
struct TenantRoutes: Sendable {
    let tenants: TenantStore
    let changes: TenantChanges

    /// The fields of a new tenant, and of one that is renamed.
    static var rule: Rule<String> { Form.object { form in form.required("name", .title(1...100)) } }

    /// The fields of a suspension.
    static let suspension = Form.object { form throws(Mistakes) -> String?? in
        .some(form.optional("reason", .title(1...200)))
    }

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("tenants") { request, context in
            try Response.json(try await tenants.list(try Page(request), for: try context.caller))
        }
        group.post("tenants") { request, context in
            let caller = try context.caller
            try caller.requireEverywhere(.owner)
            let name = try await request.form(Self.rule, context: context)
            let made = try await tenants.create(name: name, as: context.identityOfRequest, by: caller)
            let location = "/api/v1/tenants/\(made.value.id)"
            return try answer(made.value, made.isRepeated ? .ok : .created, headers: [.location: location])
        }
        group.get("tenants/{tenant}") { _, context in
            try answer(try await tenants.find(try context.tenantID, for: try context.caller))
        }
        group.patch("tenants/{tenant}") { request, context in
            let (tenant, caller) = (
                try await tenants.find(try context.tenantID, for: context.caller), try context.caller
            )
            try caller.require(.owner)
            let expected = try EntityTag.expected(by: request)
            let name = try await request.form(Self.rule, context: context)
            return try answer(try await changes.rename(tenant.id, to: name, expecting: expected, by: caller))
        }
        addStatusChanges(to: group)
    }

    private func addStatusChanges(to group: RouterGroup<RegistryContext>) {
        group.post("tenants/{tenant}/suspend") { request, context in
            let (id, caller) = try await all(context)
            let expected = try EntityTag.expected(by: request)
            let reason = try await request.optionalForm(Self.suspension, context: context)
            return try answer(try await changes.suspend(id, because: reason, expecting: expected, by: caller))
        }
        group.post("tenants/{tenant}/resume") { request, context in
            let (id, caller) = try await all(context)
            let expected = try EntityTag.expected(by: request)
            try await request.optionalForm(Form.empty, context: context)
            return try answer(try await changes.resume(id, expecting: expected, by: caller))
        }
        group.delete("tenants/{tenant}") { request, context in
            let (id, caller) = try await all(context)
            let expected = try EntityTag.expected(by: request)
            let tenant = try await changes.delete(
                id,
                confirmation: request.confirmation,
                expecting: expected,
                by: caller
            )
            return try answer(tenant, .accepted)
        }
    }

    /// The tenant of the path, for whom all tenants are to decide about.
    private func all(_ context: RegistryContext) async throws -> (TenantID, Caller) {
        let caller = try context.caller
        let tenant = try await tenants.find(try context.tenantID, for: caller)
        try caller.requireEverywhere(.owner)
        return (tenant.id, caller)
    }

    private func answer(
        _ tenant: Tenant,
        _ status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) throws -> Response {
        var headers = headers
        headers[.eTag] = EntityTag.text(tenant.version)
        return try Response.json(tenant, status, headers: headers)
    }
}

extension RegistryContext {
    /// The path's tenant. Throws 404 when it is no id.
    var tenantID: TenantID {
        get throws {
            guard let id = parameters.get("tenant").flatMap({ TenantID($0) }) else { throw Problem.noTenant }
            return id
        }
    }
}
