import Hummingbird
import Messages
import Postgres
import Runtime

extension IdentityProviderService {
    /// Brings back the settings of an earlier state, as a further change.
    ///
    /// Throws as ``change(_:by:expecting:caller:)`` does, 404 when the state is not kept, 409 when it does not fit.
    func restore(
        _ revision: Revision,
        of seen: IdentityProvider,
        confirmsClosing: Bool,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws -> IdentityProvider {
        let stored = try await revisions.settings(revision, of: seen.id)
        let form = try Self.form(stored, for: seen, confirmsClosing: confirmsClosing)
        try await requireConfirmation(showing: form, of: seen)
        return try await ledger.change { database in
            let provider = try requireUnchanged(seen.id, expected, SettingsForm(), on: database)
            let form = try Self.form(stored, for: provider, confirmsClosing: confirmsClosing)
            try requireConfirmation(form, of: provider)
            let changed = try providers.revise(
                provider,
                by: caller.actor,
                as: "idp.restored",
                details: ["restoredRevision": .integer(revision.rawValue)],
                on: database
            ) { configuration in
                do {
                    try form.apply(to: &configuration, connection: nil)
                } catch let problem as Problem where problem.status == .badRequest {
                    throw Problem.revisionDoesNotFit(problem.extensions["errors"] as? [FieldError] ?? [])
                }
            }
            _ = try runs.follow(provider, to: changed, on: database)
            return changed
        }
    }

    private static func form(
        _ stored: [String: JSON],
        for provider: IdentityProvider,
        confirmsClosing: Bool
    ) throws -> SettingsForm {
        var form = try RestoredSettings.form(stored, for: provider.configuration)
        form.confirmsClosing = confirmsClosing
        return form
    }
}
