import Hummingbird
import Messages
import Runtime

/// `tenants`: read by all, made by owners of all tenants.
struct TenantRoutes: Sendable {
    let tenants: TenantStore

    /// The fields of a new tenant.
    static var rule: Rule<String> { Form.object { form in form.required("name", .title(1...100)) } }

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("tenants") { request, context in
            try Response.json(try await tenants.list(try Page(request), for: try context.caller))
        }
        group.post("tenants") { request, context in
            let caller = try context.caller
            try caller.requireEverywhere(.owner)
            let name = try await request.form(Self.rule, context: context)
            let tenant = try await tenants.create(name: name, by: caller)
            return try Response.json(tenant, .created, headers: [.location: "/api/v1/tenants/\(tenant.id)"])
        }
        group.get("tenants/{tenant}") { _, context in
            try Response.json(try await tenants.find(try context.tenantID, for: try context.caller))
        }
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
