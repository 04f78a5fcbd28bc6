import BackgroundWork
import FoundationEssentials
import Logging
import Messages
import Postgres

/// Deletes who was removed longer ago than the grace period, and announces it.
struct GraceSweeper: Sendable {
    let database: Database
    let publishing: ChangePublishing
    let logger: Logger
    /// How long it is kept what objects were.
    let historyDays: Int
    /// Called after something was deleted, so that the outbox is looked at.
    let afterCommit: @Sendable () -> Void

    /// Does it again and again, and deletes what is kept of old runs and of refused records.
    func job(every interval: Duration) -> PeriodicJob {
        PeriodicJob(
            "grace",
            every: interval,
            schema: DirectorySchema.name,
            database: database,
            logger: logger,
            steps: [
                .each("removed people", of: due) { try await sweep($0) },
                .deletion("old history", from: "run_objects", where: isForgotten, in: database),
                .deletion("objects of old plans", from: "plan_objects", where: isOldPlan, in: database),
                .deletion("old plans", from: "plans", where: isEmptyOldPlan, in: database),
                .deletion("old images", from: "deleted_objects", where: isForgotten, in: database),
                .deletion(
                    "old runs",
                    from: "runs",
                    where: """
                        outcome is not null and requested_at < now() - make_interval(days => \(historyDays)::integer)
                        and exists (
                            select from runs newer
                            where newer.idp_id = runs.idp_id and newer.epoch > runs.epoch
                        ) and not exists (
                            select from run_objects o where o.idp_id = runs.idp_id and o.epoch = runs.epoch
                        )
                        """,
                    in: database
                ),
                .deletion(
                    "refused records",
                    from: "outbox_refused",
                    where: "refused_at < now() - interval '90 days'",
                    in: database
                ),
            ]
        )
    }

    /// A plan is told of for a week after it has expired, as a run that carries it out may have waited.
    private var isEmptyOldPlan: SQL {
        """
        expires_at < now() - interval '7 days' and not exists (
            select from plan_objects o where o.idp_id = plans.idp_id and o.epoch = plans.epoch
        )
        """
    }
    private var isOldPlan: SQL {
        """
        (idp_id, epoch) in (select idp_id, epoch from plans where expires_at < now() - interval '7 days')
        """
    }

    private var isForgotten: SQL { "at < now() - make_interval(days => \(historyDays)::integer)" }

    /// Identity providers of which somebody, or a department, is due, and no run is under way.
    private func due() async throws -> [IdentityProviderID] {
        let rows = try await database.run(
            """
            select s.idp_id from sources s
            where s.epoch = s.finished_epoch and (
                exists (
                    select from users u
                    where u.idp_id = s.idp_id and not u.is_kept and u.removed_at < now() - make_interval(days => s.grace_days)
                ) or exists (
                    select from departments d
                    where d.idp_id = s.idp_id and d.removed_at < now() - make_interval(days => s.grace_days)
                )
            )
            """
        )
        return try rows.map { IdentityProviderID(try $0.decode(UUID.self)) }
    }

    private func sweep(_ id: IdentityProviderID) async throws {
        let publishing = publishing
        let deleted = try await database.transaction { connection in
            // A run that begins meanwhile waits for the row, or has it already and goes first.
            let locked = try connection.run(
                """
                select tenant_id, epoch, fence, grace_days, user_id_case, deleted_at is not null from sources
                where idp_id = \(id.uuid) and epoch = finished_epoch for update skip locked
                """
            )
            guard let row = locked.first else { return 0 }
            let (tenant, epoch, fence, days, userIDCase, isDeleted) = try row.decode(
                UUID.self,
                Int64.self,
                Int64.self,
                Int.self,
                String.self,
                Bool.self
            )
            let gone = try Self.delete(id, olderThan: days, on: connection)
            // Nobody comes back to one that is deleted.
            if !isDeleted { try Self.note(gone, of: id, on: connection) }
            let users = Dictionary(grouping: gone, by: \.generation)
                .mapValues { $0.map { DirectoryChanges.UserChange(deleted: $0.id, externalID: $0.externalID) } }
            let envelope = Envelope(
                type: DirectoryChanges.type,
                source: publishing.source,
                tenant: TenantID(tenant),
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
        guard deleted > 0 else { return }
        logger.info("deleted after grace", metadata: ["idp": "\(id)", "users": "\(deleted)"])
        afterCommit()
    }

    /// A person whose row is gone.
    private struct Gone {
        let generation: Generation
        let id: UserID
        let externalID: String
        let key: DirectoryKey
        let removedAt: Timestamp
        let likeness: Likeness
    }

    /// - Returns: The people who were deleted.
    private static func delete(
        _ id: IdentityProviderID,
        olderThan days: Int,
        on connection: isolated Connection
    ) throws -> [Gone] {
        let isOld: SQL = "removed_at < now() - make_interval(days => \(days)::integer)"
        try RunObjectRows.keepNew(users: "not is_kept and \(isOld)", of: id, on: connection)
        try RunObjectRows.keepNew(departments: isOld, of: id, on: connection)
        try DeletedObjects.keep(users: "not is_kept and \(isOld)", of: id, after: days, on: connection)
        try DeletedObjects.keep(departments: isOld, of: id, after: days, on: connection)
        let rows = try connection.run(
            """
            with gone as (
                delete from users
                where idp_id = \(id.uuid) and not is_kept and \(isOld)
                returning generation, id, external_id, directory_key, removed_at, likeness
            ), without as (
                delete from memberships m using gone
                where m.idp_id = \(id.uuid) and m.directory_key = gone.directory_key
            )
            select generation, id, external_id, directory_key, (extract(epoch from removed_at) * 1000)::bigint,
                likeness
            from gone order by external_id
            """
        )
        try connection.run(
            """
            delete from departments where idp_id = \(id.uuid) and \(isOld)
            """
        )
        return try rows.map { row in
            let (generation, user, externalID, key, removedAt, likeness) = try row.decode(
                Int64.self,
                UUID.self,
                String.self,
                String.self,
                Int64.self,
                Int64.self
            )
            return Gone(
                generation: Generation(rawValue: generation),
                id: UserID(user),
                externalID: externalID,
                key: DirectoryKey(stored: key),
                removedAt: Timestamp(millisecondsSince1970: removedAt),
                likeness: Likeness(rawValue: likeness)
            )
        }
    }

    private static func note(
        _ gone: [Gone],
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        for (generation, people) in Dictionary(grouping: gone, by: \.generation) {
            let former = people.map {
                FormerUsers.Former(key: $0.key, id: $0.id, removedAt: $0.removedAt, likeness: $0.likeness)
            }
            try FormerUsers.note(former, of: id, generation, on: connection)
        }
    }
}
