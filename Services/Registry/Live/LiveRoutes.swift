import Hummingbird
import Messages
import Runtime

/// `idps/{idp}/departments`, `idps/{idp}/mapping/preview` and `…/functions`: what WeCom shows an identity provider's app
/// now, and what can be made of it.
struct LiveRoutes: Sendable {
    let service: LiveService

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("idps/{idp}/departments") { _, context in
            let caller = try context.caller
            let provider = try await service.providers.find(try context.identityProviderID, for: caller)
            try caller.require(.operator)
            let departments = try await service.departments(of: provider)
            return Response.bytes(VisibleDepartment.json(departments), type: "application/json; charset=utf-8")
        }
        group.post("idps/{idp}/mapping/preview") { request, context in
            let caller = try context.caller
            let provider = try await service.providers.find(try context.identityProviderID, for: caller)
            try caller.require(.operator)
            let form = try await request.optionalForm(PreviewForm.rule, context: context)
            let rules = form.rules(or: provider.configuration)
            try MappingCheck.require(
                rules.mapping,
                filter: rules.filter,
                among: provider.configuration.extendedFields
            )
            return try Response.json(try await service.preview(form, of: provider))
        }
        group.get("idps/{idp}/mapping/functions") { _, context in
            _ = try await service.providers.find(try context.identityProviderID, for: try context.caller)
            return try Response.json(MappingLanguage.current)
        }
    }
}

/// What a mapping is to be tried with.
struct PreviewForm: Sendable {
    /// Who is looked at first, by WeCom's user id; nil for anybody.
    var user: String?
    /// The rules that are tried; nil for those that are in force.
    var mapping: [MappingRule]?
    /// The filter that is tried, perhaps none; nil for the one in force.
    var filter: String??
    /// How many people are looked at.
    var count = 5

    /// The body's fields.
    static let rule = Form.object { form throws(Mistakes) -> PreviewForm? in
        PreviewForm(
            user: form.optional("user", .text(1...64)),
            mapping: form.optional("mapping", MappingRules.rule),
            filter: form.optional("filter", MappingRules.expression.orNull),
            count: form.optional("count", .integer(in: 1...100)) ?? 5
        )
    }

    /// What is tried: what the request gives, and else what is in force.
    func rules(or configuration: IdentityProviderConfiguration) -> MappingPreview.Rules {
        MappingPreview.Rules(mapping: mapping ?? configuration.mapping, filter: filter ?? configuration.filter)
    }
}
