import FoundationEssentials
import Logging
import Messages
import Postgres
import ServiceLifecycle

/// Tells identity providers anew that have to be, one after the other, in the background.
struct Republishing: Service {
    let database: Database
    let publishing: ChangePublishing
    let interval: Duration
    let logger: Logger
    /// Called after something was told, so that the outbox is looked at.
    let afterCommit: @Sendable () -> Void

    /// Looks once an interval, until graceful shutdown.
    func run() async throws {
        while !Task.isShuttingDownGracefully {
            do {
                let told = try await republish()
                if told > 0 { logger.info("told anew", metadata: ["identityProviders": "\(told)"]) }
            } catch {
                logger.warning("could not tell the directory anew; trying again", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
        }
    }

    /// Tells all anew that have to be and can be.
    ///
    /// - Returns: How many identity providers were told anew.
    /// - Throws: ``PostgresError``; those that were told stay told.
    func republish() async throws -> Int {
        let due = try await database.run(
            """
            select idp_id from directory.sources s, directory.incarnation i
            where s.announced is distinct from i.id order by idp_id
            """
        )
        var told = 0
        for row in due where try await republish(IdentityProviderID(try row.decode(UUID.self))) { told += 1 }
        return told
    }

    private func republish(_ id: IdentityProviderID) async throws -> Bool {
        let publishing = publishing
        let isTold = try await database.transaction { connection in
            let rows = try connection.run(
                "select tenant_id, epoch, fence from directory.sources where idp_id = \(id.uuid) for update"
            )
            // By a statement of its own, so that what was told while this waited for the row is seen.
            let due = try connection.run(
                """
                select from directory.sources s, directory.incarnation i
                where s.idp_id = \(id.uuid) and s.announced is distinct from i.id
                """
            )
            guard let row = rows.first, !due.isEmpty else { return false }
            let (tenant, epoch, fence) = try row.decode(UUID.self, Int64.self, Int64.self)
            let envelope = Envelope(
                type: DirectoryChanges.type,
                source: publishing.source,
                tenant: TenantID(tenant),
                identityProvider: id,
                position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: fence))
            )
            return try Republication(publishing: publishing).publish(envelope, on: connection)
        }
        if isTold { afterCommit() }
        return isTold
    }
}
