import FoundationEssentials
import Messages
import Postgres
import Runtime

/// The identity providers and their revisions.
struct IdentityProviderStore: Sendable {
    let ledger: Ledger

    /// So many are of one tenant at most: every service keeps all configurations in memory.
    static let most = 200
    /// And so many may ever be made: a deleted one stays for ever as a small record.
    static let mostEver = 2_000

    /// Throws 409 where a tenant, whose row is locked in this transaction, has as many as it may.
    static func requireRoom(in tenant: TenantID, on connection: isolated Connection) throws {
        let (live, ever) = try connection.run(
            """
            select count(*) filter (where not is_deleted), count(*) from registry.identity_providers
            where tenant = \(tenant)
            """
        )[0].decode(Int.self, Int.self)
        guard live < most else { throw Problem.tooManyProviders }
        guard ever < mostEver else { throw Problem.tooManyProvidersEver }
    }

    /// One identity provider. Throws 404 when there is none, or none that the caller sees.
    ///
    /// - Parameter evenDeleted: Whether it may be deleted.
    func find(
        _ id: IdentityProviderID,
        for caller: Caller,
        evenDeleted: Bool = false
    ) async throws -> IdentityProvider {
        // Another tenant's is not read at all, so that time does not tell it from one that does not exist.
        let isSeen: SQL = " and (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)"
        let rows = try await ledger.database.run(Self.select(id, evenDeleted) + isSeen)
        guard let row = rows.first else { throw Problem.noIdentityProvider }
        return try IdentityProvider(row)
    }

    /// A tenant's identity providers, oldest first.
    func list(_ page: Page, of tenant: TenantID) async throws -> Listing<IdentityProviderView> {
        let rows = try await ledger.database.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where tenant = \(tenant) and not is_deleted
                and (\(try page.afterID)::uuid is null or id > \(try page.afterID)::uuid)
            order by id limit \(page.rows)
            """
        )
        return try Listing(rows: rows, of: page, by: { try IdentityProvider.key(of: $0).description }) {
            ledger.readable($0).map(IdentityProviderView.init)
        }
    }

    /// Stores a new identity provider and tells every service of it.
    func insert(
        _ configuration: IdentityProviderConfiguration,
        by actor: AuditActor,
        as action: String = "idp.created",
        on connection: isolated Connection
    ) throws -> IdentityProvider {
        let now = Timestamp.now
        var provider = IdentityProvider(
            configuration: configuration,
            lastEpoch: Epoch(rawValue: 0),
            createdAt: now,
            updatedAt: now
        )
        provider.nextRunAt = Timetable.next(from: nil, to: provider, at: try .ofDatabase(on: connection))
        try connection.run(
            """
            insert into registry.identity_providers
                (id, tenant, revision, configuration, last_epoch, next_run_at, spread_hours, created_at, updated_at)
            values (\(provider.id), \(provider.tenant), \(configuration.revision),
                \(json: try configuration.encode()), 0, \(provider.nextRunAt), \(Timetable(configuration).spreadHours),
                \(now), \(now))
            """
        )
        let changes = SettingsChanges(from: [:], to: try SettingsView(configuration).fields)
        try record(changes, of: provider, by: actor, as: action, on: connection)
        return provider
    }

    /// Changes an identity provider's configuration: a new revision, an audit entry and a message, all or nothing.
    ///
    /// - Parameters:
    ///   - provider: The row, locked in this transaction.
    ///   - details: What else the audit shall tell.
    ///   - edit: Changes the configuration; nothing is stored when it leaves it as it is.
    func revise(
        _ provider: IdentityProvider,
        by actor: AuditActor,
        as action: String,
        details: [String: JSON] = [:],
        on connection: isolated Connection,
        _ edit: (inout IdentityProviderConfiguration) throws -> Void
    ) throws -> IdentityProvider {
        var changed = provider
        try edit(&changed.configuration)
        guard changed.configuration != provider.configuration else { return provider }
        changed.configuration.revision = provider.configuration.revision.next
        if !provider.configuration.mapsAlike(changed.configuration) {
            changed.configuration.mappingNumber = provider.configuration.mappingNumber.next
        }
        if provider.configuration.tellsContactDetails != changed.configuration.tellsContactDetails {
            let revision = changed.configuration.revision
            changed.configuration.contactDetailsSince = changed.configuration.tellsContactDetails ? revision : nil
        }
        try store(&changed, after: provider, by: actor, as: action, details: details, on: connection)
        return try settle(changed, after: provider, by: actor, on: connection)
    }

    /// Other credentials may mend what has failed; a connection that is lost is told of.
    private func settle(
        _ changed: IdentityProvider,
        after provider: IdentityProvider,
        by actor: AuditActor,
        on connection: isolated Connection
    ) throws -> IdentityProvider {
        if changed.configuration.authorization == .revoked, provider.configuration.isConnected {
            try Notifications.raise(.authorizationLost, of: changed, on: connection)
        }
        guard changed.configuration.isConnected else { return changed }
        if !provider.configuration.isConnected {
            try Notifications.settle(.authorizationLost, of: changed, on: connection)
        }
        guard changed.configuration.connection != provider.configuration.connection else { return changed }
        return try QuarantineStore.release(changed, by: actor, on: connection)
    }

    /// Deletes an identity provider: what stays for ever is a small record without credentials, which every service is
    /// told of.
    func delete(
        _ provider: IdentityProvider,
        by actor: AuditActor,
        on connection: isolated Connection
    ) throws -> IdentityProvider {
        var deleted = provider
        deleted.configuration = provider.configuration.deleted(as: provider.configuration.revision.next)
        try store(&deleted, after: provider, by: actor, as: "idp.deleted", on: connection)
        for table: SQL in ["registry.conditions", "registry.message_settings"] {
            try connection.run("delete from \(table) where idp = \(provider.id)")
        }
        return deleted
    }

    /// Stores a further state of an identity provider.
    ///
    /// - Parameter changes: What is said to have changed; nil for all that differs.
    func store(
        _ changed: inout IdentityProvider,
        after provider: IdentityProvider,
        by actor: AuditActor,
        as action: String,
        changes: SettingsChanges? = nil,
        details: [String: JSON] = [:],
        on connection: isolated Connection
    ) throws {
        let changes = try changes ?? SettingsChanges(from: provider.configuration, to: changed.configuration)
        changed.updatedAt = .now
        changed.nextRunAt = Timetable.next(from: provider, to: changed, at: try .ofDatabase(on: connection))
        try connection.run(
            """
            update registry.identity_providers
            set revision = \(changed.configuration.revision), configuration = \(json: try changed.configuration.encode()),
                next_run_at = \(changed.nextRunAt), spread_hours = \(Timetable(changed.configuration).spreadHours),
                updated_at = \(changed.updatedAt)
            where id = \(provider.id)
            """
        )
        try record(changes, of: changed, by: actor, as: action, details: details, on: connection)
    }

    /// Tells every configuration again, deleted ones too: that heals a topic that was lost, and changes nothing else.
    ///
    /// A batch is a transaction, so that nobody waits for long; a row is locked while it is told, so that no older state
    /// comes after a newer one.
    ///
    /// - Returns: How many were told.
    func republish(by caller: Caller) async throws -> Int {
        let entry = AuditEntry("configurations.republished", "registry", UUIDv7.make(), of: nil, by: caller.actor)
        try await ledger.change { try entry.append(on: $0) }
        var (count, last) = (0, IdentityProviderID?.none)
        repeat {
            let after = last
            let told = try await ledger.change { connection in
                let rows = try connection.run(
                    """
                    select \(IdentityProvider.columns) from registry.identity_providers
                    where \(after)::uuid is null or id > \(after)::uuid
                    order by id limit \(Self.batch) for share
                    """
                )
                let configurations = ledger.readable(rows).map(\.configuration)
                try ledger.announce(configurations.map(ledger.announcements.configuration), on: connection)
                return (count: configurations.count, last: rows.last.flatMap { IdentityProvider.id(of: $0) })
            }
            count += told.count
            last = told.last
        } while last != nil
        return count
    }

    private static let batch = 50

    /// The row, locked until the transaction ends; nil when there is none.
    ///
    /// - Parameter evenDeleted: Whether it may be deleted.
    static func lock(
        _ id: IdentityProviderID,
        evenDeleted: Bool = false,
        on connection: isolated Connection
    ) throws -> IdentityProvider? {
        try lockedRow(id, evenDeleted: evenDeleted, on: connection).first.map(IdentityProvider.init)
    }

    /// The row as it stands there, locked until the transaction ends; none when there is none.
    ///
    /// Its key is not: whoever stores something that belongs to it, such as a run's progress, waits for nobody.
    static func lockedRow(
        _ id: IdentityProviderID,
        evenDeleted: Bool = false,
        on connection: isolated Connection
    ) throws -> [Row] {
        try connection.run(select(id, evenDeleted) + " for no key update")
    }

    private static func select(_ id: IdentityProviderID, _ evenDeleted: Bool) -> SQL {
        """
        select \(IdentityProvider.columns) from registry.identity_providers
        where id = \(id) and (\(evenDeleted) or not is_deleted)
        """
    }

    private func record(
        _ changes: SettingsChanges,
        of provider: IdentityProvider,
        by actor: AuditActor,
        as action: String,
        details: [String: JSON] = [:],
        on connection: isolated Connection
    ) throws {
        let settings = try JSON(of: SettingsView(provider.configuration)).text
        let revision = provider.configuration.revision
        try connection.run(
            """
            insert into registry.revisions (idp, revision, settings, changes, changed_at, changed_by)
            values (\(provider.id), \(revision), \(settings)::jsonb, \(try changes.json.text)::jsonb,
                \(provider.updatedAt), \(json: try actor.storedJSON))
            """
        )
        // Nobody restores a deleted one; what it was is in the audit.
        let kept = provider.configuration.status == .deleted ? 1 : RevisionStore.kept
        try connection.run(
            "delete from registry.revisions where idp = \(provider.id) and revision <= \(revision.rawValue - kept)"
        )
        let entry = AuditEntry(action, "idp", provider.id.uuid, of: provider.tenant, by: actor)
        let usual: [String: JSON] = [
            "name": .string(provider.configuration.name.description),
            "revision": .integer(revision.rawValue), "changes": try changes.json,
        ]
        try entry.with(usual).with(details).append(on: connection)
        try ledger.announce([try ledger.announcements.configuration(provider.configuration)], on: connection)
    }
}

extension Problem {
    /// 404, also for an identity provider that is not the caller's to see.
    static let noIdentityProvider = Problem.notFound("There is no identity provider with this id.")

    /// 409: nobody needs so many.
    fileprivate static let tooManyProviders = Problem.conflict(
        "too-many-idps",
        "There are \(IdentityProviderStore.most) identity providers here already.",
        fix: "Delete those that nobody logs on by."
    )

    /// 409: nor are they made and deleted without end.
    fileprivate static let tooManyProvidersEver = Problem.conflict(
        "too-many-idps",
        "\(IdentityProviderStore.mostEver) identity providers were made here already.",
        fix: "Use one that there is instead of making another."
    )
}
