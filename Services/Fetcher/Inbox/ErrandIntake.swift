import FoundationEssentials
import Messages
import Postgres
import Traces

/// What commands do to the errands of the inbox; the statements of ``InboxStore``.
enum ErrandIntake {
    /// Takes an errand in, once: one that is there already stays as it is, done or not. The run of another tenant is
    /// none of its business, and one that a deletion has overtaken needs no answer any more.
    static func insertion(of errand: Errand) throws -> SQL {
        let subject = errand.subject
        let question = try errand.question.map { String(decoding: try MessageJSON.encoder.encode($0), as: UTF8.self) }
        return """
            insert into fetcher.errands (
                run, batch, idp, tenant, epoch, fence, traceparent, size, question, ends_at, state, finished_at,
                is_cancelled
            )
            select \(subject.run.uuid), \(errand.batch), \(subject.identityProvider.uuid), \(subject.tenant.uuid),
                \(subject.epoch.rawValue), \(errand.fence.rawValue), \(subject.trace.description), \(errand.size),
                case when d.is_over then null else \(question)::text end,
                to_timestamp(\(errand.endsAt.millisecondsSince1970)::bigint / 1000.0),
                case when d.is_over then 'done' else 'open' end, case when d.is_over then now() end,
                coalesce((select i.is_cancelled from fetcher.inbox i where i.run = \(subject.run.uuid)), false)
            from (
                select exists (
                    select from fetcher.inbox i
                    where i.idp = \(subject.identityProvider.uuid) and i.tenant = \(subject.tenant.uuid)
                        and i.kind = 'delete' and i.epoch > \(subject.epoch.rawValue)
                ) as is_over
            ) d
            where not exists (
                select from fetcher.inbox i
                where i.run = \(subject.run.uuid)
                    and (i.idp <> \(subject.identityProvider.uuid) or i.tenant <> \(subject.tenant.uuid))
            )
            on conflict (run, batch) do nothing
            """
    }

    /// Locks the errands that a deletion ends, before any lease, as claims do.
    static func lock(of deleted: [IdentityProviderID]) -> SQL {
        """
        select from fetcher.errands where idp = any(\(deleted.map(\.uuid))::uuid[]) and state = 'open'
        order by run, batch for update
        """
    }

    /// Ends the errands of a deleted identity provider's earlier runs: the deletion ends those runs in the log, and
    /// nobody waits for answers. A lease is lost at once.
    static func overtaking(by run: QueuedRun) -> [SQL] {
        let earlier: SQL = """
            idp = \(run.identityProvider.uuid) and tenant = \(run.tenant.uuid)
                and epoch < \(run.epoch.rawValue) and state = 'open'
            """
        return [
            """
            update fetcher.leases set owner = null, run = null
            where idp = \(run.identityProvider.uuid) and run in (select run from fetcher.errands where \(earlier))
            """,
            "update fetcher.errands set state = 'done', finished_at = now(), question = null where \(earlier)",
        ]
    }

    /// A run that waits for answers is ended by whoever works on its errands.
    static func cancellation(_ run: RunID) -> SQL {
        """
        update fetcher.errands set is_cancelled = true, not_before = least(not_before, now())
        where run = \(run.uuid) and state = 'open'
        """
    }
}
