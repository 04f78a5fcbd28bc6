import FoundationEssentials
import Hummingbird
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
    let survey: ImpactSurvey

    var ledger: Ledger { providers.ledger }

    /// Makes an identity provider. Own-app credentials are tried first: 422 when WeCom refuses them; 409 when the tenant
    /// has as many as it may.
    func create(
        _ form: SettingsForm,
        in tenant: Tenant,
        as identity: RequestIdentity?,
        by caller: Caller
    ) async throws -> Made<IdentityProvider> {
        if let identity, let made = try await ledger.change({ try Self.made(by: identity, on: $0) }) { return made }
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
            if let made = try identity.flatMap({ try Self.made(by: $0, on: database) }) { return made }
            var configuration = blank
            configuration.tenantStatus = try TenantStore.lockForNew(tenant.id, on: database).statusOfConfigurations
            try IdentityProviderStore.requireRoom(in: tenant.id, on: database)
            configuration.extendedFields = try ExtendedFieldStore.all(of: tenant.id, on: database)
            try form.apply(to: &configuration, connection: connection)
            try identity?.remember(blank.id.description, on: database)
            let made = try providers.insert(configuration, by: caller.actor, on: database)
            _ = try runs.follow(nil, to: made, on: database)
            return Made(made)
        }
    }

    private static func made(
        by identity: RequestIdentity,
        on connection: isolated Connection
    ) throws -> Made<IdentityProvider>? {
        guard let earlier = try identity.earlier(on: connection) else { return nil }
        guard let id = IdentityProviderID(earlier.object), let made = try IdentityProviderStore.lock(id, on: connection)
        else { throw Problem.noIdentityProvider }
        return Made(made, isRepeated: true)
    }

    /// Changes an identity provider.
    ///
    /// Throws 412 when it is not one of the expected revisions any more, 409 when it would be closed without the word
    /// that this is meant, 422 when WeCom refuses own-app credentials.
    func change(
        _ seen: IdentityProvider,
        by form: SettingsForm,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws -> IdentityProvider {
        if !expected.admits(seen.configuration.revision.rawValue) {
            try await ledger.change { try requireUnchanged(seen.id, expected, form, on: $0) }
        }
        try await requireConfirmation(showing: form, of: seen)
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
            let changed = try providers.revise(provider, by: caller.actor, as: "idp.changed", on: database) {
                configuration in
                try egress.apply(form.egress, to: &configuration)
                try form.apply(to: &configuration, connection: connection)
            }
            _ = try runs.follow(provider, to: changed, on: database)
            return changed
        }
    }

    /// Deletes an identity provider and has a run shut everybody of it out, which overtakes the one that is active
    /// (architecture.md §3.7).
    ///
    /// Throws 412 when it is not one of the expected revisions any more, 409 unless its name is given.
    ///
    /// - Parameter confirmation: What the caller knows it to be called.
    func delete(
        _ seen: IdentityProvider,
        confirmation: String?,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws {
        if expected.admits(seen.configuration.revision.rawValue), confirmation != seen.configuration.name.description {
            let impact = await survey.impact(on: seen)
            throw Problem.deletionNeedsConfirmation(seen.configuration, impact: impact)
        }
        try await ledger.change { database in
            let provider = try requireUnchanged(seen.id, expected, SettingsForm(), on: database)
            guard confirmation == provider.configuration.name.description else { throw Problem.nameChanged }
            try delete(provider, by: caller.actor, on: database)
        }
        RunMetrics.started(.deletion)
    }

    /// Deletes an identity provider whose row is locked in this transaction.
    func delete(_ provider: IdentityProvider, by actor: AuditActor, on connection: isolated Connection) throws {
        try runs.cancelWaiting(of: provider.id, on: connection)
        try GrantStore.supersede(provider.id, note: GrantStore.Note.deleted, on: connection)
        let deleted = try providers.delete(provider, by: actor, on: connection)
        _ = try runs.start(.delete, of: deleted, because: .deletion, on: connection)
    }

    /// The locked row, if it is at one of the expected revisions.
    @discardableResult
    func requireUnchanged(
        _ id: IdentityProviderID,
        _ expected: ExpectedVersion,
        _ form: SettingsForm,
        on connection: isolated Connection
    ) throws -> IdentityProvider {
        guard let provider = try IdentityProviderStore.lock(id, on: connection) else {
            throw Problem.noIdentityProvider
        }
        let current = provider.configuration.revision
        guard !expected.admits(current.rawValue) else { return provider }
        let changes = try expected.newest.map {
            try RevisionStore.changes(of: provider, since: Revision(rawValue: $0), sent: form.sent, on: connection)
        }
        throw Problem.stale(current, changes: changes ?? [:])
    }

    /// Throws 409, with what closing would do, when it would be closed without the word that this is meant.
    func requireConfirmation(showing form: SettingsForm, of provider: IdentityProvider) async throws {
        guard Self.closesUnawares(form, provider) else { return }
        let impact = await survey.impact(on: provider)
        throw Problem.closingNeedsConfirmation(provider.configuration, impact: impact)
    }

    func requireConfirmation(_ form: SettingsForm, of provider: IdentityProvider) throws {
        guard Self.closesUnawares(form, provider) else { return }
        throw Problem.closingNeedsConfirmation(provider.configuration)
    }

    private static func closesUnawares(_ form: SettingsForm, _ provider: IdentityProvider) -> Bool {
        form.status == .closed && provider.configuration.status == .enabled && !form.confirmsClosing
    }

    private func checkedConnection(
        _ form: SettingsForm,
        for configuration: IdentityProviderConfiguration
    ) async throws -> WeComConnection? {
        guard let app = form.ownApp else { return nil }
        return try await ownApps.connection(app, for: configuration)
    }
}

extension Problem {
    /// 412: it was renamed while the deletion was under way.
    static let nameChanged = Problem(
        .preconditionFailed,
        "name-changed",
        title: "Somebody else changed it meanwhile",
        detail: "The identity provider has another name now than the one that confirms its deletion.",
        fix: "Read it again."
    )
}
