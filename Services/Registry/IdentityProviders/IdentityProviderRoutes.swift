import Hummingbird
import Messages
import Runtime

/// `tenants/{tenant}/idps` and `idps/{idp}`.
struct IdentityProviderRoutes: Sendable {
    let service: IdentityProviderService

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("tenants/{tenant}/idps") { request, context in
            let tenant = try await service.tenants.find(try context.tenantID, for: try context.caller)
            return try Response.json(try await service.providers.list(try Page(request), of: tenant.id))
        }
        group.post("tenants/{tenant}/idps") { request, context in
            let caller = try context.caller
            let tenant = try await service.tenants.find(try context.tenantID, for: caller)
            try caller.require(.admin)
            let form = try await request.form(SettingsForm.new, context: context)
            let made = try await service.create(form, in: tenant, as: context.identityOfRequest, by: caller)
            return try Self.answer(made.value, made.isRepeated ? .ok : .created)
        }
        group.get("idps/{idp}") { _, context in
            try Self.answer(try await service.providers.find(try context.identityProviderID, for: try context.caller))
        }
        group.patch("idps/{idp}") { request, context in
            let caller = try context.caller
            let provider = try await service.providers.find(try context.identityProviderID, for: caller)
            try caller.require(.admin)
            let expected = try EntityTag.expected(by: request)
            let form = try await request.form(SettingsForm.change, context: context)
            return try Self.answer(try await service.change(provider, by: form, expecting: expected, caller: caller))
        }
        group.delete("idps/{idp}") { request, context in
            let caller = try context.caller
            let provider = try await service.providers.find(try context.identityProviderID, for: caller)
            try caller.require(.admin)
            try await service.delete(
                provider,
                confirmation: request.confirmation,
                expecting: try EntityTag.expected(by: request),
                caller: caller
            )
            return HTTPResponse.Status.noContent
        }
        group.get("idps/{idp}/closing-impact") { _, context in
            let provider = try await service.providers.find(try context.identityProviderID, for: try context.caller)
            let impact = await service.survey.impact(on: provider)
            return try Response.json(impact, headers: [.eTag: EntityTag.text(impact.revision)])
        }
    }

    /// An identity provider with its ETag, and where a new one is.
    static func answer(_ provider: IdentityProvider, _ status: HTTPResponse.Status = .ok) throws -> Response {
        var headers: HTTPFields = [.eTag: EntityTag.text(provider.configuration.revision)]
        if status == .created { headers[.location] = "/api/v1/idps/\(provider.id)" }
        return try Response.json(IdentityProviderView(provider), status, headers: headers)
    }
}

extension RegistryContext {
    /// The path's identity provider. Throws 404 when it is no id.
    var identityProviderID: IdentityProviderID {
        get throws {
            guard let id = parameters.get("idp").flatMap({ IdentityProviderID($0) }) else {
                throw Problem.noIdentityProvider
            }
            return id
        }
    }
}

extension Request {
    /// `?confirm=`: the name of what is to be deleted, by which the caller shows to know what that is.
    var confirmation: String? { query["confirm"] }
}
