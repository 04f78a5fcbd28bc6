import Hummingbird
import Messages
import Runtime

/// `idps/{idp}/revisions`: what was, what differs, and back to it.
struct RevisionRoutes: Sendable {
    let service: IdentityProviderService

    /// The body of a restoration.
    private static let restoration = Form.object { form throws(Mistakes) in
        form.optional("confirmClosing", .boolean) ?? false
    }

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("idps/{idp}/revisions") { request, context in
            let provider = try await provider(context)
            return try Response.json(try await service.revisions.list(try Page(request), of: provider.id))
        }
        group.get("idps/{idp}/revisions/{revision}") { _, context in
            let provider = try await provider(context)
            return try Response.json(
                try await service.revisions.find(try context.revision("revision"), of: provider.id)
            )
        }
        group.get("idps/{idp}/revisions/{revision}/difference/{other}") { _, context in
            let provider = try await provider(context)
            let (old, new) = (try context.revision("revision"), try context.revision("other"))
            return try Response.json(try await service.revisions.difference(from: old, to: new, of: provider.id))
        }
        group.post("idps/{idp}/revisions/{revision}/restore") { request, context in
            let caller = try context.caller
            let provider = try await provider(context)
            try caller.require(.admin)
            let expected = try EntityTag.expected(by: request)
            let confirmsClosing = try await request.optionalForm(Self.restoration, context: context)
            let restored = try await service.restore(
                try context.revision("revision"),
                of: provider,
                confirmsClosing: confirmsClosing,
                expecting: expected,
                caller: caller
            )
            return try IdentityProviderRoutes.answer(restored)
        }
    }

    private func provider(_ context: RegistryContext) async throws -> IdentityProvider {
        try await service.providers.find(try context.identityProviderID, for: try context.caller)
    }
}

extension RegistryContext {
    /// The path's revision. Throws 404 when it is no number.
    fileprivate func revision(_ name: String) throws -> Revision {
        guard let number = parameters.get(name).flatMap({ Int64($0) }) else { throw Problem.noRevision }
        return Revision(rawValue: number)
    }
}
