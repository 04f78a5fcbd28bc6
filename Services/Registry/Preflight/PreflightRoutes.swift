import Hummingbird
import Runtime

/// `idps/{idp}/preflight`.
struct PreflightRoutes: Sendable {
    let service: PreflightService

    /// Adds the route.
    func add(to group: RouterGroup<RegistryContext>) {
        group.post("idps/{idp}/preflight") { request, context in
            let caller = try context.caller
            let provider = try await service.providers.find(try context.identityProviderID, for: caller)
            try caller.require(.operator)
            try await request.optionalForm(Form.empty, context: context)
            return try Response.json(try await service.report(of: provider))
        }
    }
}
