import Hummingbird
import Messages
import Runtime

/// `tenants/{tenant}/extended-fields`: what mapping rules can fill besides the directory's own fields.
struct ExtendedFieldRoutes: Sendable {
    let tenants: TenantStore
    let fields: ExtendedFieldStore

    /// A new field: its key is a lower-case letter, then letters, digits and `_`; at most 40.
    static let new = Form.object { form throws(Mistakes) -> ExtendedField? in
        let key = form.required("key", Self.key)
        let label = form.required("label", .title(1...100))
        guard let key, let label else { return nil }
        return ExtendedField(key: key, label: label)
    }

    /// Another label.
    static let change = Form.object { form throws(Mistakes) in form.required("label", .title(1...100)) }

    private static let key = Rule<String>.text(1...40).then { key throws(Mistakes) in
        guard let first = key.first, first.isASCII, first.isLowercase,
            key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { throw Mistakes("Give a lower-case letter, then letters, digits and _, such as costCenter.") }
        guard DirectoryField(rawValue: key) == nil else { throw Mistakes("Every directory has the field \(key).") }
        return key
    }

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("tenants/{tenant}/extended-fields") { _, context in
            let tenant = try await tenants.find(try context.tenantID, for: try context.caller)
            return try Response.json(["items": try await fields.list(of: tenant.id)])
        }
        group.post("tenants/{tenant}/extended-fields") { request, context in
            let tenant = try await writable(context)
            let field = try await request.form(Self.new, context: context)
            try await fields.add(field, to: tenant.id, by: try context.caller)
            return try Response.json(field, .created)
        }
        group.patch("tenants/{tenant}/extended-fields/{field}") { request, context in
            let tenant = try await writable(context)
            let label = try await request.form(Self.change, context: context)
            let field = ExtendedField(key: context.parameters.get("field") ?? "", label: label)
            try await fields.rename(field, of: tenant.id, by: try context.caller)
            return try Response.json(field)
        }
        group.delete("tenants/{tenant}/extended-fields/{field}") { _, context in
            let tenant = try await writable(context)
            let key = context.parameters.get("field") ?? ""
            try await fields.delete(key, of: tenant.id, by: try context.caller)
            return HTTPResponse.Status.noContent
        }
    }

    private func writable(_ context: RegistryContext) async throws -> Tenant {
        let tenant = try await tenants.find(try context.tenantID, for: try context.caller)
        try context.caller.require(.admin)
        return tenant
    }
}
