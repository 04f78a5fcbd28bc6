import BackgroundWork
import Postgres

/// How long everything is kept that nobody needs for ever; docs/retention.md says the same.
///
/// What grows with every request or message has an end in time, by an index, and where one tenant could make many, in
/// number too. Revisions are bounded where they are written.
struct Retention: Sendable {
    let database: Database
    /// How long changes are told.
    var auditDays = 365
    /// The present moment.
    var now: SQL = "now()"

    /// More runs of one identity provider than these are not kept, however new they are.
    static let mostRuns = 2_000
    /// So many are, however old they are.
    static let leastRuns = 10

    /// What ends within days, looked at all the time.
    var soon: [Step] {
        [
            deletion("old callbacks", from: "registry.callbacks", where: isOldCallback),
            deletion(
                "addresses that were seen long ago",
                from: "registry.seen_addresses",
                where: "seen_at < \(now) - interval '7 days'"
            ),
            deletion("hints that nobody used", from: "registry.hints", where: "last_at < \(now) - interval '7 days'"),
            deletion(
                "old idempotency keys",
                from: "registry.request_identities",
                where: "created_at < \(now) - interval '1 day'"
            ),
        ]
    }

    /// What is kept for months, looked at now and then.
    var later: [Step] {
        [
            deletion("old runs", from: "registry.runs", where: isOldRun),
            surplusRuns,
            deletion("old authorizations", from: "registry.authorizations", where: isOldAuthorization),
            deletion("old grants", from: "registry.grants", where: isOldGrant),
            deletion(
                "old changes of visible ranges",
                from: "registry.range_changes",
                where: "at < \(now) - interval '90 days'"
            ),
            deletion(
                "old notifications",
                from: "registry.notifications",
                where: "at < \(now) - interval '30 days'"
            ),
            deletion(
                "settled conditions",
                from: "registry.conditions",
                where: "settled_at < \(now) - interval '7 days'"
            ),
            deletion(
                "old API keys",
                from: "registry.api_keys",
                where: """
                    (expires_at is not null or revoked_at is not null)
                        and least(expires_at, revoked_at) < \(now) - interval '90 days'
                    """
            ),
            deletion(
                "old refused attempts",
                from: "registry.audit",
                where: "refusal is not null and at < \(now) - interval '30 days'"
            ),
            deletion(
                "old audit",
                from: "registry.audit",
                where: "at < \(now) - make_interval(days => \(auditDays)::integer)"
            ),
        ]
    }

    private func deletion(_ name: String, from table: SQL, where condition: SQL) -> Step {
        .deletion(name, from: table, where: condition, in: database)
    }

    /// What WeCom told of people is over in a day; what it told of authorizations is kept longer, to find faults by.
    private var isOldCallback: SQL {
        """
        coalesce(done_at, set_aside_at) < \(now) - interval '1 day'
            and (kind in ('suite_ticket', 'change_contact')
                or coalesce(done_at, set_aside_at) < \(now) - interval '30 days')
        """
    }

    /// A deletion that failed is started anew, until one does not fail.
    private var isOldRun: SQL {
        """
        state = 'finished' and finished_at < \(now) - interval '90 days'
            and not (kind = 'delete' and outcome in ('failed', 'cancelled') and restarted_as is null)
            and epoch <= (
                select last_epoch - \(Self.leastRuns) from registry.identity_providers where id = runs.idp
            )
        """
    }

    /// What is over for so long; a reset's that was nobody's own is complete, and of use to nobody any more.
    private var isOldGrant: SQL {
        """
        changed_at < \(now) - interval '90 days'
            and (standing in ('superseded', 'revoked', 'ended') or standing = 'complete' and idp is null
                or set_aside_at is not null)
        """
    }

    /// The last one that was granted says whose WeCom it is.
    private var isOldAuthorization: SQL {
        """
        expires_at < \(now) - interval '90 days' and (completed_at is null or exists (
            select from registry.authorizations later
            where later.idp = authorizations.idp and later.completed_at > authorizations.completed_at
        ))
        """
    }

    /// Whoever starts runs without end has only the newest of them.
    private var surplusRuns: Step {
        Step("surplus runs") {
            var deleted = Self.batch
            while deleted == Self.batch {
                try Task.checkCancellation()
                deleted = try await database.run(
                    """
                    with gone as (
                        delete from registry.runs where id = any(array(
                            select run.id from registry.identity_providers provider, lateral (
                                select id from registry.runs
                                where idp = provider.id and epoch <= provider.last_epoch - \(Self.mostRuns)
                                    and state = 'finished'
                                    and not (kind = 'delete' and outcome <> 'succeeded' and restarted_as is null)
                                limit \(Self.batch)
                            ) run limit \(Self.batch)
                        )) returning 1
                    ) select count(*) from gone
                    """
                )[0].decode(Int.self)
            }
        }
    }

    private static let batch = 1_000
}
