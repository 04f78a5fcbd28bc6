import Hummingbird
import Messages
import Runtime

/// `idps/{idp}/departments` and `idps/{idp}/mapping/preview`: what WeCom shows an identity provider's app now.
struct LiveRoutes: Sendable {
    let service: LiveService

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("idps/{idp}/departments") { _, context in
            let caller = try context.caller
            let provider = try await service.providers.find(try context.identityProviderID, for: caller)
            try caller.require(.operator)
            return try Response.json(VisibleDepartmentList(items: try await service.departments(of: provider)))
        }
        group.post("idps/{idp}/mapping/preview") { request, context in
            let caller = try context.caller
            let provider = try await service.providers.find(try context.identityProviderID, for: caller)
            try caller.require(.operator)
            let form = try await request.optionalForm(PreviewForm.rule, context: context)
            if let mapping = form.mapping {
                try MappingRules.requireTargets(of: mapping, among: provider.configuration.extendedFields)
            }
            return try Response.json(try await service.preview(form, of: provider))
        }
    }
}

/// What a mapping is to be tried with.
struct PreviewForm: Sendable {
    /// Who is looked at first, by WeCom's user id; nil for anybody.
    var user: String?
    /// The rules that are tried; nil for those that are in force.
    var mapping: [MappingRule]?

    /// The body's fields.
    static let rule = Form.object { form throws(Mistakes) -> PreviewForm? in
        PreviewForm(user: form.optional("user", .text(1...64)), mapping: form.optional("mapping", MappingRules.rule))
    }
}
