import FoundationEssentials
import Logging
import Messages
import Postgres
import ServiceLifecycle

/// Deletes who was removed longer ago than the grace period, and announces it.
struct GraceSweeper: Service {
    let database: Database
    let publishing: ChangePublishing
    let interval: Duration
    let logger: Logger
    /// Called after something was deleted, so that the outbox is looked at.
    let afterCommit: @Sendable () -> Void

    /// Looks once an interval, until graceful shutdown.
    func run() async throws {
        while !Task.isShuttingDownGracefully {
            do {
                let deleted = try await sweep()
                if deleted > 0 { logger.info("deleted after grace", metadata: ["users": "\(deleted)"]) }
            } catch {
                logger.warning("could not delete after grace; trying again", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
        }
    }

    /// Deletes everybody whose time is over, and what is kept of old runs.
    ///
    /// - Returns: How many people were deleted.
    /// - Throws: ``PostgresError``; identity providers that were done stay done.
    func sweep() async throws -> Int {
        try await database.run(Self.deletionOfRuns)
        let due = try await database.run(
            """
            select distinct s.idp_id, s.tenant_id from directory.sources s
            join directory.users u on u.idp_id = s.idp_id and u.removed_at is not null
            where s.epoch = s.finished_epoch and u.removed_at < now() - make_interval(days => s.grace_days)
            """
        )
        var deleted = 0
        for row in due {
            let (source, tenant) = try row.decode(UUID.self, UUID.self)
            deleted += try await sweep(IdentityProviderID(source), of: TenantID(tenant))
        }
        return deleted
    }

    /// Runs that ended long ago, but for the last one of each identity provider.
    private static let deletionOfRuns: SQL = """
        delete from directory.runs r
        where r.outcome is not null and r.requested_at < now() - interval '30 days' and exists (
            select from directory.runs newer where newer.idp_id = r.idp_id and newer.epoch > r.epoch
        )
        """

    private func sweep(_ id: IdentityProviderID, of tenant: TenantID) async throws -> Int {
        let publishing = publishing
        let deleted = try await database.transaction { connection in
            // A run that begins meanwhile waits for the row, or has it already and goes first.
            let locked = try connection.run(
                """
                select epoch, fence, grace_days from directory.sources
                where idp_id = \(id.uuid) and epoch = finished_epoch for update skip locked
                """
            )
            guard let row = locked.first else { return 0 }
            let (epoch, fence, days) = try row.decode(Int64.self, Int64.self, Int.self)
            let users = try Self.delete(id, olderThan: days, on: connection)
            let envelope = Envelope(
                type: DirectoryChanges.type,
                source: publishing.source,
                tenant: tenant,
                identityProvider: id,
                position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: fence))
            )
            var announcement = Announcement()
            announcement.add(users)
            try publishing.publish(announcement, from: envelope, on: connection)
            return users.count
        }
        if deleted > 0 { afterCommit() }
        return deleted
    }

    private static func delete(
        _ id: IdentityProviderID,
        olderThan days: Int,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.UserChange] {
        let rows = try connection.run(
            """
            with gone as (
                delete from directory.users
                where idp_id = \(id.uuid) and removed_at < now() - make_interval(days => \(days)::integer)
                returning id, external_id, directory_key
            ), without as (
                delete from directory.memberships m using gone
                where m.idp_id = \(id.uuid) and m.directory_key = gone.directory_key
            )
            select id, external_id from gone order by external_id
            """
        )
        try connection.run(
            """
            delete from directory.departments
            where idp_id = \(id.uuid) and removed_at < now() - make_interval(days => \(days)::integer)
            """
        )
        return try rows.map { row in
            let (user, externalID) = try row.decode(UUID.self, String.self)
            return DirectoryChanges.UserChange(
                kind: .deleted,
                id: UserID(user),
                externalID: externalID,
                username: nil,
                displayName: nil,
                email: nil,
                isEnabled: false,
                departments: []
            )
        }
    }
}
