import Hummingbird
import Messages
import Runtime

/// `idps/{idp}/authorization`, with its QR code as SVG and PNG.
struct AuthorizationRoutes: Sendable {
    let service: AuthorizationService

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("idps/{idp}/authorization") { _, context in
            try Response.json(try await service.view(of: try await provider(context), for: try context.caller))
        }
        group.post("idps/{idp}/authorization") { request, context in
            let (provider, caller) = (try await provider(context), try context.caller)
            try caller.require(.admin)
            try await request.optionalForm(Form.empty, context: context)
            let made = try await service.request(provider, as: context.identityOfRequest, by: caller)
            return try Response.json(made.value, made.isRepeated ? .ok : .created)
        }
        group.get("idps/{idp}/authorization/qr.svg") { _, context in
            let provider = try await provider(context)
            try context.caller.require(.admin)
            let code = try await service.code(of: provider)
            return Response.bytes(code.svg.utf8, type: "image/svg+xml")
        }
        group.get("idps/{idp}/authorization/qr.png") { _, context in
            let provider = try await provider(context)
            try context.caller.require(.admin)
            let code = try await service.code(of: provider)
            return Response.bytes(code.png(), type: "image/png")
        }
        for decision in GrantDecision.allCases { add(decision, to: group) }
    }

    private func add(_ decision: GrantDecision, to group: RouterGroup<RegistryContext>) {
        group.post("idps/{idp}/authorization/\(decision.rawValue)") { request, context in
            let provider = try await provider(context)
            let caller = try context.caller
            try caller.require(.admin)
            let grant = try await request.form(GrantDecision.rule, context: context)
            let decided = try await service.decide(decision, about: grant, of: provider, by: caller)
            return try Response.json(try await service.view(of: decided, for: caller))
        }
    }

    private func provider(_ context: RegistryContext) async throws -> IdentityProvider {
        try await service.providers.find(try context.identityProviderID, for: try context.caller)
    }
}
