import Hummingbird
import Messages
import Runtime

/// `idps/{idp}/notifications`: whom WeCom messages go to.
struct MessageRoutes: Sendable {
    let providers: IdentityProviderStore
    let settings: MessageSettingsStore

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("idps/{idp}/notifications") { _, context in
            let caller = try context.caller
            let provider = try await providers.find(try context.identityProviderID, for: caller)
            return try answer(try await settings.find(provider.id))
        }
        group.patch("idps/{idp}/notifications") { request, context in
            let caller = try context.caller
            let provider = try await providers.find(try context.identityProviderID, for: caller)
            try caller.require(.admin)
            let expected = try EntityTag.expected(by: request)
            let form = try await request.form(MessageSettingsForm.rule, context: context)
            return try answer(try await settings.change(provider.id, by: form, expecting: expected, caller: caller))
        }
    }

    private func answer(_ settings: MessageSettings) throws -> Response {
        try Response.json(settings, headers: [.eTag: EntityTag.text(settings.revision)])
    }
}
