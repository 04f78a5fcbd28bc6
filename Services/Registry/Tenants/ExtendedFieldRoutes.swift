import Hummingbird
import Messages
import Runtime

/// `tenants/{tenant}/extended-fields`: what mapping rules can fill besides the directory's own fields.
struct ExtendedFieldRoutes: Sendable {
    let tenants: TenantStore
    let fields: ExtendedFieldStore

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("tenants/{tenant}/extended-fields") { _, context in
            let tenant = try await tenants.find(try context.tenantID, for: try context.caller)
            return try Response.json(["items": try await fields.list(of: tenant.id)])
        }
        group.post("tenants/{tenant}/extended-fields") { request, context in
            let tenant = try await writable(context)
            let (key, form) = try await request.form(ExtendedFieldForm.new, context: context)
            let made = try await fields.add(
                try form.applied(to: ExtendedField(key: key, titles: [:])),
                to: tenant.id,
                as: context.identityOfRequest,
                by: try context.caller
            )
            return try answer(made.value, made.isRepeated ? .ok : .created)
        }
        group.get("tenants/{tenant}/extended-fields/{field}") { _, context in
            let tenant = try await tenants.find(try context.tenantID, for: try context.caller)
            return try answer(try await fields.find(context.field, of: tenant.id))
        }
        group.patch("tenants/{tenant}/extended-fields/{field}") { request, context in
            let tenant = try await writable(context)
            let expected = try EntityTag.expected(by: request)
            let form = try await request.form(ExtendedFieldForm.change, context: context)
            let changed = try await fields.change(
                context.field,
                of: tenant.id,
                by: form,
                confirmation: request.confirmation,
                expecting: expected,
                caller: try context.caller
            )
            return try answer(changed)
        }
        group.delete("tenants/{tenant}/extended-fields/{field}") { request, context in
            let tenant = try await writable(context)
            try await fields.delete(
                context.field,
                of: tenant.id,
                confirmation: request.confirmation,
                expecting: try EntityTag.expected(by: request),
                caller: try context.caller
            )
            return HTTPResponse.Status.noContent
        }
    }

    private func writable(_ context: RegistryContext) async throws -> Tenant {
        let tenant = try await tenants.find(try context.tenantID, for: try context.caller)
        try context.caller.require(.admin)
        return tenant
    }

    private func answer(_ item: ExtendedFieldItem, _ status: HTTPResponse.Status = .ok) throws -> Response {
        try Response.json(item, status, headers: [.eTag: EntityTag.text(item.version)])
    }
}

extension RegistryContext {
    fileprivate var field: String { parameters.get("field") ?? "" }
}
