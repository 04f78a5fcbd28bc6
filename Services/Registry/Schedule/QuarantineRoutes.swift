import Hummingbird
import Messages
import Runtime

/// `idps/{idp}/quarantine/release`: the usual schedule again, and a run at once.
struct QuarantineRoutes: Sendable {
    let providers: IdentityProviderStore
    let runs: RunStore

    /// Adds the route.
    func add(to group: RouterGroup<RegistryContext>) {
        group.post("idps/{idp}/quarantine/release") { request, context in
            let caller = try context.caller
            let seen = try await providers.find(try context.identityProviderID, for: caller)
            try caller.require(.operator)
            try await request.optionalForm(Form.empty, context: context)
            return try Response.json(IdentityProviderView(try await release(seen.id, by: caller)))
        }
    }

    private func release(_ id: IdentityProviderID, by caller: Caller) async throws -> IdentityProvider {
        try await runs.ledger.change { database in
            guard let provider = try IdentityProviderStore.lock(id, on: database) else {
                throw Problem.noIdentityProvider
            }
            guard provider.isQuarantined else { throw Problem.notQuarantined }
            let released = try QuarantineStore.release(provider, by: caller.actor, on: database)
            _ = try runs.start(of: released, because: .release, on: database)
            return released
        }
    }
}

extension Problem {
    /// 409: there is nothing to release.
    static let notQuarantined = Problem.conflict(
        "not-quarantined",
        "The identity provider is not in quarantine; it is synchronised on its usual cycle."
    )
}
