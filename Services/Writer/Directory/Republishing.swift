import BackgroundWork
import FoundationEssentials
import Logging
import Messages
import Postgres

/// Tells identity providers anew that have to be, one after the other, in the background.
struct Republishing: Sendable {
    let database: Database
    let publishing: ChangePublishing
    let logger: Logger
    /// Called after something was told, so that the outbox is looked at.
    let afterCommit: @Sendable () -> Void

    /// Looks again and again; once somebody has asked for it, a nudge saves the wait.
    func job(every interval: Duration) -> PeriodicJob {
        PeriodicJob(
            "republications",
            every: interval,
            schema: DirectorySchema.name,
            database: database,
            logger: logger,
            steps: [.each("identity providers", of: due) { try await republish($0) }]
        )
    }

    /// Has identity providers told anew. Their rows are locked in the order in which segments lock them.
    ///
    /// - Parameter id: Which one; nil for all.
    /// - Returns: How many.
    /// - Throws: ``PostgresError``.
    func request(_ id: IdentityProviderID?) async throws -> Int {
        let rows = try await database.run(
            """
            with wanted as (
                select idp_id from sources
                where \(id?.uuid)::uuid is null or idp_id = \(id?.uuid)::uuid order by idp_id for update
            )
            update sources s set announced = null from wanted where s.idp_id = wanted.idp_id returning 1
            """
        )
        return rows.count
    }

    private func due() async throws -> [IdentityProviderID] {
        let rows = try await database.run(
            """
            select idp_id from sources s, incarnation i
            where s.announced is distinct from i.id order by idp_id
            """
        )
        return try rows.map { IdentityProviderID(try $0.decode(UUID.self)) }
    }

    private func republish(_ id: IdentityProviderID) async throws {
        let publishing = publishing
        let isTold = try await database.transaction { connection in
            let rows = try connection.run(
                "select tenant_id, epoch, fence from sources where idp_id = \(id.uuid) for update"
            )
            // By a statement of its own, so that what was told while this waited for the row is seen.
            let due = try connection.run(
                """
                select 1 from sources s, incarnation i
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
        guard isTold else { return }
        logger.info("told anew", metadata: ["idp": "\(id)"])
        afterCommit()
    }
}
