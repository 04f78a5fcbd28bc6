import FoundationEssentials
import Messages
import Postgres
import Runtime

/// What administrators do with identity providers.
struct IdentityProviderService: Sendable {
    let tenants: TenantStore
    let providers: IdentityProviderStore
    let revisions: RevisionStore
    let runs: RunStore
    let ownApps: OwnAppCheck
    let egress: EgressSettings

    private var ledger: Ledger { providers.ledger }

    /// Makes an identity provider. Own-app credentials are tried first: 422 when WeCom refuses them.
    func create(_ form: SettingsForm, in tenant: Tenant, by caller: Caller) async throws -> IdentityProvider {
        guard let name = form.name, let description = form.description else { throw Problem.invalid([]) }
        var blank = IdentityProviderConfiguration(
            id: .make(),
            tenant: tenant.id,
            enterpriseID: tenant.enterpriseID,
            revision: Revision(rawValue: 1),
            name: name,
            description: description
        )
        try egress.apply(form.egress, to: &blank)
        let connection = try await checkedConnection(form, for: blank)
        return try await ledger.change { [blank] database in
            var configuration = blank
            configuration.extendedFields = try ExtendedFieldStore.all(of: tenant.id, on: database)
            try form.apply(to: &configuration, connection: connection)
            let made = try providers.insert(configuration, by: caller.name, on: database)
            _ = try runs.follow(nil, to: made, on: database)
            return made
        }
    }

    /// Changes an identity provider.
    ///
    /// Throws 412 when it is not one of the expected revisions any more, 409 when it would be closed without the word
    /// that this is meant, 422 when WeCom refuses own-app credentials.
    func change(
        _ seen: IdentityProvider,
        by form: SettingsForm,
        expecting expected: Set<Revision>?,
        caller: Caller
    ) async throws -> IdentityProvider {
        if let expected, !expected.contains(seen.configuration.revision) {
            try await ledger.change { try requireUnchanged(seen.id, expected, form, on: $0) }
        }
        try requireConfirmation(form, of: seen)
        var intended = seen.configuration
        try egress.apply(form.egress, to: &intended)
        let connection = try await checkedConnection(form, for: intended)
        return try await ledger.change { database in
            let provider = try requireUnchanged(seen.id, expected, form, on: database)
            try requireConfirmation(form, of: provider)
            if connection != nil {
                // No QR code that was made before may take its place.
                try AuthorizationStore.void(of: provider.id, but: nil, on: database)
                try GrantStore.supersede(provider.id, on: database)
            }
            let changed = try providers.revise(provider, by: caller.name, as: "idp.changed", on: database) {
                configuration in
                try egress.apply(form.egress, to: &configuration)
                try form.apply(to: &configuration, connection: connection)
            }
            _ = try runs.follow(provider, to: changed, on: database)
            return changed
        }
    }

    /// Deletes an identity provider and has a run shut everybody of it out, which overtakes the one that is active
    /// (architecture.md §3.7). `expected` is optional here: who deletes means all of it.
    func delete(_ seen: IdentityProvider, expecting expected: Set<Revision>?, caller: Caller) async throws {
        try await ledger.change { database in
            let provider = try requireUnchanged(seen.id, expected, SettingsForm(), on: database)
            try runs.cancelWaiting(of: provider.id, on: database)
            try GrantStore.supersede(provider.id, note: GrantStore.Note.deleted, on: database)
            let deleted = try providers.delete(provider, by: caller.name, on: database)
            _ = try runs.start(.delete, of: deleted, because: .deletion, on: database)
        }
        RunMetrics.started(.deletion)
    }

    /// The locked row, if it is at one of the expected revisions.
    @discardableResult
    private func requireUnchanged(
        _ id: IdentityProviderID,
        _ expected: Set<Revision>?,
        _ form: SettingsForm,
        on connection: isolated Connection
    ) throws -> IdentityProvider {
        guard let provider = try IdentityProviderStore.lock(id, on: connection) else {
            throw Problem.noIdentityProvider
        }
        let current = provider.configuration.revision
        guard let expected, !expected.contains(current) else { return provider }
        let changes = try expected.max().map {
            try RevisionStore.changes(of: provider, since: $0, sent: form.sent, on: connection)
        }
        throw Problem.stale(current, changes: changes ?? [:])
    }

    private func requireConfirmation(_ form: SettingsForm, of provider: IdentityProvider) throws {
        guard form.status == .closed, provider.configuration.status == .enabled, !form.confirmsClosing else { return }
        throw Problem.conflict(
            "closing-needs-confirmation",
            """
            Closing "\(provider.configuration.description)" keeps its end users from logging on, ends their sessions \
            and so stops them from reaching internal applications.
            """,
            fix: "If that is meant, send the same change with \"confirmClosing\": true."
        )
    }

    private func checkedConnection(
        _ form: SettingsForm,
        for configuration: IdentityProviderConfiguration
    ) async throws -> WeComConnection? {
        guard let app = form.ownApp else { return nil }
        return try await ownApps.connection(app, for: configuration)
    }
}
