import FoundationEssentials
import Messages
import Postgres
import Runtime

/// What becomes of tenants: they are renamed, suspended and resumed, and deleted.
///
/// Each change is one transaction with the identity providers that it is about, so that no service sees a part of it.
struct TenantChanges: Sendable {
    let tenants: TenantStore
    let service: IdentityProviderService
    let clients: ClientStore

    private var ledger: Ledger { tenants.ledger }

    /// Gives a tenant another name.
    func rename(
        _ id: TenantID,
        to name: String,
        expecting expected: ExpectedVersion,
        by caller: Caller
    ) async throws -> Tenant {
        try await change(id, expecting: expected) { tenant, connection in
            let details: [String: JSON] = ["from": .string(tenant.name), "to": .string(name)]
            tenant.name = name
            try Self.audit("tenant.renamed", tenant, details, by: caller, on: connection)
        }
    }

    /// Shuts all of a tenant's identity providers: nobody logs on, sessions end, no run starts. Throws 409 unless it is
    /// active.
    ///
    /// - Parameter reason: What the tenant's administrators are told.
    func suspend(
        _ id: TenantID,
        because reason: String?,
        expecting expected: ExpectedVersion,
        by caller: Caller
    ) async throws -> Tenant {
        try await change(id, expecting: expected) { tenant, connection in
            guard tenant.status == .active else { throw Problem.tenantNotActive(tenant.status) }
            tenant.status = .suspended
            tenant.statusChange = Tenant.StatusChange(since: .now, reason: reason)
            try spread(tenant, as: "idp.suspended", by: caller, on: connection)
            let details: [String: JSON] = reason.map { ["reason": .string($0)] } ?? [:]
            try Self.audit("tenant.suspended", tenant, details, by: caller, on: connection)
        }
    }

    /// Brings a suspended tenant's identity providers back as they were.
    func resume(_ id: TenantID, expecting expected: ExpectedVersion, by caller: Caller) async throws -> Tenant {
        try await change(id, expecting: expected) { tenant, connection in
            guard tenant.status == .suspended else { throw Problem.tenantNotSuspended }
            tenant.status = .active
            tenant.statusChange = nil
            try spread(tenant, as: "idp.resumed", by: caller, on: connection)
            try Self.audit("tenant.resumed", tenant, [:], by: caller, on: connection)
        }
    }

    /// Deletes all of a tenant's identity providers, each by a run that shuts everybody out, and its clients, and revokes
    /// its keys. The tenant ends with the last of the runs. Throws 409 unless its name is given.
    func delete(
        _ id: TenantID,
        confirmation: String?,
        expecting expected: ExpectedVersion,
        by caller: Caller
    ) async throws -> Tenant {
        let (tenant, runs) = try await ledger.change { connection in
            var count = 0
            let tenant = try change(id, expecting: expected, on: connection) { tenant, connection in
                guard tenant.status != .deleting else { throw Problem.tenantDeleting }
                guard confirmation == tenant.name else { throw Problem.tenantDeletionNeedsConfirmation(tenant) }
                tenant.status = .deleting
                tenant.statusChange = Tenant.StatusChange(since: .now)
                let providers = try Self.lockProviders(of: id, service.ledger, on: connection)
                for provider in providers { try service.delete(provider, by: caller.actor, on: connection) }
                let keys = try Self.revokeKeys(of: id, on: connection)
                try AdministratorStore.removeAll(of: id, on: connection)
                count = providers.count
                let gone = try clients.deleteAll(of: id, by: caller.actor, on: connection)
                let details: [String: JSON] = [
                    "name": .string(tenant.name), "identityProviders": .integer(Int64(count)),
                    "clients": .integer(Int64(gone)),
                    "revokedKeys": .array(keys.map { .string($0.uuidString.lowercased()) }),
                ]
                try Self.audit("tenant.deleted", tenant, details, by: caller, on: connection)
            }
            return (tenant, count)
        }
        for _ in 0..<runs { RunMetrics.started(.deletion) }
        return tenant
    }

    private func change(
        _ id: TenantID,
        expecting expected: ExpectedVersion,
        _ edit: @Sendable (inout Tenant, isolated Connection) throws -> Void
    ) async throws -> Tenant {
        try await ledger.change { connection in try change(id, expecting: expected, on: connection, edit) }
    }

    private func change(
        _ id: TenantID,
        expecting expected: ExpectedVersion,
        on connection: isolated Connection,
        _ edit: (inout Tenant, isolated Connection) throws -> Void
    ) throws -> Tenant {
        var tenant = try TenantStore.lock(id, on: connection)
        guard expected.admits(tenant.version) else { throw Problem.stale(at: tenant.version) }
        try edit(&tenant, connection)
        tenant.version += 1
        try connection.run(
            """
            update registry.tenants
            set version = \(tenant.version), name = \(tenant.name), status = \(tenant.status),
                status_since = \(tenant.statusChange?.since), status_reason = \(tenant.statusChange?.reason)
            where id = \(id)
            """
        )
        return tenant
    }

    /// Brings the tenant's status into the configuration of each of its identity providers.
    private func spread(
        _ tenant: Tenant,
        as action: String,
        by caller: Caller,
        on connection: isolated Connection
    ) throws {
        for provider in try Self.lockProviders(of: tenant.id, ledger, on: connection) {
            let changed = try service.providers.revise(provider, by: caller.actor, as: action, on: connection) {
                $0.tenantStatus = tenant.statusOfConfigurations
            }
            _ = try service.runs.follow(provider, to: changed, on: connection)
        }
    }

    private static func lockProviders(
        of tenant: TenantID,
        _ ledger: Ledger,
        on connection: isolated Connection
    ) throws -> [IdentityProvider] {
        let rows = try connection.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where tenant = \(tenant) and not is_deleted order by id for no key update
            """
        )
        return ledger.readable(rows)
    }

    private static func revokeKeys(of tenant: TenantID, on connection: isolated Connection) throws -> [UUID] {
        try connection.run(
            """
            update registry.api_keys set revoked_at = now(), version = version + 1
            where tenant = \(tenant) and revoked_at is null returning id
            """
        ).decode(UUID.self)
    }

    private static func audit(
        _ action: String,
        _ tenant: Tenant,
        _ details: [String: JSON],
        by caller: Caller,
        on connection: isolated Connection
    ) throws {
        let entry = AuditEntry(action, "tenant", tenant.id.uuid, of: tenant.id, by: caller.actor)
        try entry.with(details).append(on: connection)
    }
}

extension Problem {
    /// 409: only an active tenant is suspended.
    static func tenantNotActive(_ status: Tenant.Status) -> Problem {
        .conflict("tenant-not-active", "The tenant is \(status.rawValue).")
    }

    /// 409: there is nothing to resume.
    static let tenantNotSuspended = Problem.conflict("tenant-not-suspended", "The tenant is not suspended.")

    /// 409: what is deleted does not come back.
    static func tenantDeletionNeedsConfirmation(_ tenant: Tenant) -> Problem {
        .conflict(
            "deletion-needs-confirmation",
            """
            Deleting "\(tenant.name)" deletes all its identity providers and clients, ends all sessions, shuts everybody \
            out and revokes its API keys. It cannot be undone; its enterprise ID is never given again.
            """,
            fix: "If that is meant, send the same request with ?confirm= and the tenant's name."
        )
    }
}
