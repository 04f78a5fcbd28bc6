import Hummingbird
import Messages
import Rebuild
import Runtime

/// Has identity providers told anew for whoever may ask for it.
struct Republications: Sendable {
    let republishing: Republishing
    /// Called when there is something to tell.
    let nudge: @Sendable () -> Void

    /// What is answered: how many identity providers will be told anew.
    struct Accepted: Encodable {
        let identityProviders: Int
    }

    /// The body: `{"idp": "…"}` for one, `{}` for all.
    private static let rule = Form.object { form throws(Mistakes) in
        Wish(identityProvider: form.optional("idp", .identityProvider))
    }

    private struct Wish {
        let identityProvider: IdentityProviderID?
    }

    /// Notes that one identity provider, or all, are to be told anew; that is done in the background.
    ///
    /// - Throws: ``Problem``: 400 for another body, 403 where all are asked for with one tenant's key, 404 for an identity
    ///   provider that the key does not show.
    func accept(
        _ request: Request,
        _ context: DirectoryContext,
        in directory: DirectoryReading
    ) async throws -> Accepted {
        let access = try context.requireAccess()
        let wish = try await request.optionalForm(Self.rule, context: context)
        if let id = wish.identityProvider {
            guard try await directory.holds(id, as: access) else {
                throw Problem.noDirectory(of: id)
            }
        } else if access != .all {
            throw Problem(
                .forbidden,
                "forbidden",
                detail: "The key shows one tenant.",
                fix: "Name an identity provider as idp, or use a key for all tenants."
            )
        }
        let count = try await republishing.request(wish.identityProvider)
        nudge()
        return Accepted(identityProviders: count)
    }
}
