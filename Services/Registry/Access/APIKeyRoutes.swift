import FoundationEssentials
import Hummingbird
import Messages
import Runtime

/// `api-keys`: for owners; whoever holds a key may look at that one.
struct APIKeyRoutes: Sendable {
    let keys: APIKeyStore

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("api-keys") { request, context in
            let caller = try owner(context)
            return try Response.json(try await keys.list(try Page(request), for: caller))
        }
        group.post("api-keys") { request, context in
            let caller = try owner(context)
            let form = try await request.form(NewKeyRequest.rule, context: context)
            return try answer(try await keys.create(form, as: context.identityOfRequest, by: caller), .created)
        }
        group.get("api-keys/current") { _, context in
            try Response.json(CurrentKey(try context.caller))
        }
        group.get("api-keys/{key}") { _, context in
            let caller = try owner(context)
            return try answer(try await keys.find(try context.keyID, for: caller))
        }
        group.post("api-keys/{key}/replace") { request, context in
            let caller = try owner(context)
            let id = try context.keyID
            let expected = try EntityTag.expected(by: request)
            let form = try await request.optionalForm(KeyReplacement.rule, context: context)
            let made = try await keys.replace(id, form, expecting: expected, as: context.identityOfRequest, by: caller)
            return try answer(made, .ok)
        }
        group.delete("api-keys/{key}") { request, context in
            let caller = try owner(context)
            let id = try context.keyID
            try await keys.revoke(id, expecting: try EntityTag.expected(by: request), by: caller)
            return HTTPResponse.Status.noContent
        }
    }

    private func owner(_ context: RegistryContext) throws -> Caller {
        let caller = try context.caller
        try caller.require(.owner)
        return caller
    }

    private func answer(_ key: APIKey) throws -> Response {
        try Response.json(key, headers: [.eTag: EntityTag.text(key.version)])
    }

    private func answer(_ made: Made<NewAPIKey>, _ status: HTTPResponse.Status) throws -> Response {
        var headers: HTTPFields = [.eTag: EntityTag.text(made.value.key.version)]
        headers[.location] = "/api/v1/api-keys/\(made.value.key.id.uuidString.lowercased())"
        return try Response.json(made.value, made.isRepeated ? .ok : status, headers: headers)
    }
}

extension RegistryContext {
    /// The path's API key. Throws 404 when it is no id.
    fileprivate var keyID: UUID {
        get throws {
            guard let id = parameters.get("key").flatMap({ UUID(uuidString: $0) }) else { throw Problem.noAPIKey }
            return id
        }
    }
}

/// What the holder of a key may know of it: who it makes of the holder.
private struct CurrentKey: Encodable {
    var actor: AuditActor
    var role: Role
    var tenantID: TenantID?

    init(_ caller: Caller) {
        actor = caller.actor
        role = caller.role
        tenantID = caller.tenant
    }
}
