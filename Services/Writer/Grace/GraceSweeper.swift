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
        var deleted = 0
        for row in try await database.run(Self.due) {
            let (source, tenant) = try row.decode(UUID.self, UUID.self)
            deleted += try await sweep(IdentityProviderID(source), of: TenantID(tenant))
        }
        return deleted
    }

    /// Identity providers of which somebody, or a department, is due, and no run is under way.
    private static let due: SQL = """
        select s.idp_id, s.tenant_id from directory.sources s
        where s.epoch = s.finished_epoch and (
            exists (
                select from directory.users u
                where u.idp_id = s.idp_id and u.removed_at < now() - make_interval(days => s.grace_days)
            ) or exists (
                select from directory.departments d
                where d.idp_id = s.idp_id and d.removed_at < now() - make_interval(days => s.grace_days)
            )
        )
        """

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
                select epoch, fence, grace_days, user_id_case from directory.sources
                where idp_id = \(id.uuid) and epoch = finished_epoch for update skip locked
                """
            )
            guard let row = locked.first else { return 0 }
            let (epoch, fence, days, userIDCase) = try row.decode(Int64.self, Int64.self, Int.self, String.self)
            let users = try Self.delete(id, olderThan: days, on: connection)
            let envelope = Envelope(
                type: DirectoryChanges.type,
                source: publishing.source,
                tenant: tenant,
                identityProvider: id,
                position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: fence))
            )
            for (generation, users) in users.sorted(by: { $0.key < $1.key }) {
                var announcement = Announcement(generation, UserIDCase(rawValue: userIDCase) ?? .insensitive)
                announcement.add(users)
                try publishing.publish(announcement, from: envelope, on: connection)
            }
            return users.values.reduce(0) { $0 + $1.count }
        }
        if deleted > 0 { afterCommit() }
        return deleted
    }

    /// - Returns: The people who were deleted, by the corp.
    private static func delete(
        _ id: IdentityProviderID,
        olderThan days: Int,
        on connection: isolated Connection
    ) throws -> [Generation: [DirectoryChanges.UserChange]] {
        let rows = try connection.run(
            """
            with gone as (
                delete from directory.users
                where idp_id = \(id.uuid) and removed_at < now() - make_interval(days => \(days)::integer)
                returning generation, id, external_id, directory_key
            ), without as (
                delete from directory.memberships m using gone
                where m.idp_id = \(id.uuid) and m.directory_key = gone.directory_key
            )
            select generation, id, external_id from gone order by external_id
            """
        )
        try connection.run(
            """
            delete from directory.departments
            where idp_id = \(id.uuid) and removed_at < now() - make_interval(days => \(days)::integer)
            """
        )
        var users: [Generation: [DirectoryChanges.UserChange]] = [:]
        for row in rows {
            let (generation, user, externalID) = try row.decode(Int64.self, UUID.self, String.self)
            users[Generation(rawValue: generation), default: []]
                .append(DirectoryChanges.UserChange(deleted: UserID(user), externalID: externalID))
        }
        return users
    }
}
