import Failures
import FoundationEssentials
import Logging
import Messages
import Pipeline
import Postgres
import Runtime
import ServiceLifecycle

/// Disables everybody of an identity provider that was deleted; the grace period deletes them later
/// (architecture.md §3).
struct SourceDeletion: Service {
    let database: Database
    let publishing: ChangePublishing
    let configurations: ConfigurationTable
    let logger: Logger
    /// Called after a deletion, so that the outbox is looked at.
    let afterCommit: @Sendable () -> Void

    /// Follows the configurations until graceful shutdown, starting with what was deleted meanwhile.
    func run() async throws {
        let changes = configurations.changes()
        try await cancelWhenGracefulShutdown {
            try await configurations.waitUntilCurrent()
            await catchUp()
            for await change in changes {
                if case .deleted(let id) = change { await disable(id) }
            }
        }
    }

    /// Finds the deleted ones that no tombstone was seen of.
    func catchUp() async {
        do {
            let rows = try await retrying(
                "look for deleted identity providers",
                logger: logger,
                isTransient: { ($0 as? PostgresError)?.failureClass == .transient },
                { try await database.run("select idp_id from directory.sources where deleted_at is null") }
            )
            for row in rows {
                let id = IdentityProviderID(try row.decode(UUID.self))
                if configurations.isGone(id) {
                    await disable(id)
                } else if configurations.configuration(id) == nil {
                    logger.error("an identity provider has no configuration to be read", metadata: ["idp": "\(id)"])
                }
            }
        } catch {
            logger.error("could not look for deleted identity providers", metadata: ["error": "\(error)"])
        }
    }

    private func disable(_ id: IdentityProviderID) async {
        do {
            try await retrying(
                "disable the people of a deleted identity provider",
                logger: logger,
                isTransient: { ($0 as? PostgresError)?.failureClass == .transient },
                { try await markDeleted(id) }
            )
            afterCommit()
        } catch {
            logger.error(
                "could not disable the people of a deleted identity provider",
                metadata: ["idp": "\(id)", "error": "\(error)"]
            )
        }
    }

    /// Marks the identity provider deleted and its people removed; whoever is second finds it done.
    ///
    /// - Throws: ``PostgresError``.
    func markDeleted(_ id: IdentityProviderID) async throws {
        let publishing = publishing
        try await database.transaction { connection in
            let rows = try connection.run(
                """
                update directory.sources set deleted_at = now(), finished_epoch = epoch
                where idp_id = \(id.uuid) and deleted_at is null returning tenant_id, epoch, fence
                """
            )
            guard let row = rows.first else { return }
            let (tenant, epoch, fence) = try row.decode(UUID.self, Int64.self, Int64.self)
            try connection.run(
                """
                update directory.runs set outcome = \(RunOutcome.cancelled.rawValue)
                where idp_id = \(id.uuid) and outcome is null
                """
            )
            let users = try Removing.removeAll(from: id, at: .now, on: connection)
            try PageWriting.deleteAll(of: id, on: connection)
            let envelope = Envelope(
                type: DirectoryChanges.type,
                source: publishing.source,
                tenant: TenantID(tenant),
                identityProvider: id,
                position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: fence))
            )
            var announcement = Announcement()
            announcement.add(users)
            try publishing.publish(announcement, from: envelope, on: connection)
        }
    }
}
