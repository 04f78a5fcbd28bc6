import FoundationEssentials
import Hummingbird
import Messages
import Runtime

/// What is asked for a new API key.
struct NewKeyRequest: Sendable {
    var name: String
    var role: Role
    var tenant: TenantID?

    /// The body's fields.
    static var rule: Rule<NewKeyRequest> {
        Form.object { form in
            let name = form.required("name", .title(1...100))
            let role = form.required("role", Rule<Role>.word)
            let tenant = form.optional("tenantID", Rule<TenantID>.identifier("tenant").orNull)
            guard let name, let role else { return nil }
            return NewKeyRequest(name: name, role: role, tenant: tenant ?? nil)
        }
    }
}

/// `api-keys`: for owners.
struct APIKeyRoutes: Sendable {
    let keys: APIKeyStore

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("api-keys") { request, context in
            let caller = try context.caller
            try caller.require(.owner)
            return try Response.json(try await keys.list(try Page(request), for: caller))
        }
        group.post("api-keys") { request, context in
            let caller = try context.caller
            try caller.require(.owner)
            let form = try await request.form(NewKeyRequest.rule, context: context)
            return try Response.json(try await keys.create(form, by: caller), .created)
        }
        group.delete("api-keys/{key}") { _, context in
            let caller = try context.caller
            try caller.require(.owner)
            guard let id = context.parameters.get("key").flatMap({ UUID(uuidString: $0) }) else {
                throw Problem.noAPIKey
            }
            try await keys.delete(id, by: caller)
            return HTTPResponse.Status.noContent
        }
    }
}

extension Rule where Value: Identifier {
    /// The id of something.
    static func identifier(_ what: String) -> Rule<Value> {
        Rule { json throws(Mistakes) in
            guard case .string(let text) = json, let id = Value(text) else {
                throw Mistakes("Give the id of a \(what), a UUID in quotes, not \(json.shown).")
            }
            return id
        }
    }
}
