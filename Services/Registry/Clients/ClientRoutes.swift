import FoundationEssentials
import Hummingbird
import Messages
import Runtime

/// `clients`: a tenant's are its administrators' to make and change, those for all tenants are for administrators of all,
/// and those whose tokens the registry takes for owners of all: by another redirect URI they would be anybody's tokens.
struct ClientRoutes: Sendable {
    let clients: ClientStore
    let tenants: TenantStore

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("clients") { request, context in
            let caller = try context.caller
            let tenant = try await tenant(request, for: caller)
            return try Response.json(try await clients.list(try Page(request), of: tenant, for: caller))
        }
        group.post("clients") { request, context in
            let caller = try context.caller
            try caller.require(.admin)
            let form = try await request.form(ClientForm.new, context: context)
            let tenant = form.tenant ?? caller.tenant
            try await requireChange(of: tenant, having: form.settings.scopes ?? [], by: caller)
            if tenant != nil, form.clientID != nil { throw Problem.clientIDForAllTenants }
            let made = try await clients.create(form, of: tenant, as: context.identityOfRequest, by: caller)
            return try answer(made, .created)
        }
        group.get("clients/{client}") { _, context in
            try answer(try await clients.find(try context.clientID, for: try context.caller))
        }
        group.patch("clients/{client}") { request, context in
            let (client, caller) = try await changeable(context)
            let expected = try EntityTag.expected(by: request)
            let form = try await request.form(ClientForm.change, context: context)
            try await requireChange(of: client.configuration.tenant, having: form.scopes ?? [], by: caller)
            return try answer(try await clients.change(client.id, by: form, expecting: expected, caller: caller))
        }
        group.post("clients/{client}/rotate-secret") { request, context in
            let (client, caller) = try await changeable(context)
            let expected = try EntityTag.expected(by: request)
            let hours = try await request.optionalForm(ClientForm.rotation, context: context)
            let made = try await clients.rotate(
                client.id,
                overlapHours: hours,
                expecting: expected,
                as: context.identityOfRequest,
                by: caller
            )
            return try answer(made, .ok)
        }
        group.delete("clients/{client}") { request, context in
            let (client, caller) = try await changeable(context)
            try await clients.delete(client.id, expecting: try EntityTag.expected(by: request), by: caller)
            return HTTPResponse.Status.noContent
        }
    }

    /// `?tenantID=`, of a tenant that the caller sees.
    private func tenant(_ request: Request, for caller: Caller) async throws -> TenantID? {
        guard let text = request.query["tenantID"] else { return nil }
        guard let id = TenantID(text) else {
            throw Problem.invalid([FieldError("tenantID", "Give the id of a tenant.")])
        }
        return try await tenants.find(id, for: caller).id
    }

    /// The path's client, which the caller may change.
    private func changeable(_ context: RegistryContext) async throws -> (Client, Caller) {
        let caller = try context.caller
        let client = try await clients.find(try context.clientID, for: caller)
        let configuration = client.configuration
        try await requireChange(of: configuration.tenant, having: configuration.scopes, by: caller)
        return (client, caller)
    }

    private func requireChange(of tenant: TenantID?, having scopes: [ClientScope], by caller: Caller) async throws {
        guard let tenant else { return try caller.requireEverywhere(scopes.contains(.registry) ? .owner : .admin) }
        _ = try await tenants.find(tenant, for: caller)
        try caller.require(.admin)
    }

    private func answer(_ client: Client) throws -> Response {
        try Response.json(client, headers: [.eTag: EntityTag.text(client.configuration.revision)])
    }

    private func answer(_ made: Made<ClientWithSecret>, _ status: HTTPResponse.Status) throws -> Response {
        let client = made.value.client
        var headers: HTTPFields = [.eTag: EntityTag.text(client.configuration.revision)]
        if status == .created { headers[.location] = "/api/v1/clients/\(client.id)" }
        return try Response.json(made.value, made.isRepeated ? .ok : status, headers: headers)
    }
}

extension RegistryContext {
    /// The path's client. Throws 404 when it is no id.
    fileprivate var clientID: ClientID {
        get throws {
            guard let id = parameters.get("client").flatMap({ ClientID($0) }) else { throw Problem.noClient }
            return id
        }
    }
}

extension Problem {
    /// 400: names are one space for all tenants, in which nobody shall find out what others have.
    fileprivate static let clientIDForAllTenants = Problem.invalid([
        FieldError("clientID", "Leave it out for a client of one tenant: it is called by its id.")
    ])
}
