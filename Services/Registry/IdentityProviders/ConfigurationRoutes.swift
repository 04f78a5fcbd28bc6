import Hummingbird
import Runtime

/// `configurations`: what all services are told, as a whole.
struct ConfigurationRoutes: Sendable {
    let providers: IdentityProviderStore

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.post("configurations/republish") { request, context in
            let caller = try context.caller
            try caller.requireEverywhere(.owner)
            try await request.optionalForm(Form.empty, context: context)
            return try Response.json(["configurations": try await providers.republish(by: caller)], .accepted)
        }
    }
}
