import FoundationEssentials
import Messages
import Postgres
import Runtime

/// Who works on which run: `fetcher.leases`, one row an identity provider.
struct LeaseStore: Sendable {
    let database: Database
    /// Who claims, for whoever looks at the table.
    let owner: String
    let duration: Duration

    /// How long a run waits that WeCom's frequency limit outlasts: limits hold for a minute or an hour (`wecom.md` §6).
    private static let waits = Backoff(first: .seconds(60), limit: .seconds(3_600), jitter: 0)

    private var seconds: Double { duration / .seconds(1) }

    /// Nobody works on the identity provider of the row `l` of `fetcher.leases`.
    var isFree: SQL { "(l.owner is null or \(SQL.isOver("l.expires_at", ofLeasesFor: duration)))" }

    /// The turn of the row `i` of the inbox or of the errands has come. One that lies further ahead than anybody puts it
    /// was written while the database's clock was fast.
    static let isDue: SQL = "(i.not_before <= now() or i.not_before > now() + interval '2 hours')"

    /// Claims the run that waits longest, of an identity provider that nobody works on.
    ///
    /// Rows are read one by one: one that cannot be read is set aside with its reason, to be answered, and keeps nobody
    /// else waiting.
    ///
    /// - Returns: `nil` when there is none.
    /// - Throws: `PostgresError`.
    func claim() async throws -> Lease? {
        let claimedAt = ContinuousClock.now
        return try await database.transaction { connection in
            while let row = try connection.run(candidate).first {
                let subject = try RunSubject(row)
                guard let run = try Self.run(row, subject, on: connection) else { continue }
                guard let fence = try takeOver(run.subject, on: connection) else { return nil }
                try connection.run(
                    "update fetcher.inbox set state = 'claimed', has_begun = true where run = \(run.run.uuid)"
                )
                let isCancelled = try row.dropFirst(RunSubject.columnCount + QueuedRun.columnCount).decode(Bool.self)
                return Lease(
                    run: run,
                    fence: fence,
                    isCancelled: isCancelled,
                    overtaken: run.kind == .delete ? try Self.overtaken(by: run, on: connection) : [],
                    claimedAt: claimedAt
                )
            }
            return nil
        }
    }

    /// Of an identity provider's runs the earliest that is not done; those of single objects come first, as they are
    /// soon done, then older ones, and none that has just failed. What an earlier run asked is answered before, as afterwards nobody would hear of it.
    private var candidate: SQL {
        """
        select \(RunSubject.columns), \(QueuedRun.columns), i.is_cancelled
        from fetcher.inbox i
        left join fetcher.leases l on l.idp = i.idp
        where i.state in ('queued', 'claimed') and \(Self.isDue) and \(isFree)
            and not exists (
                select from fetcher.inbox o
                where o.idp = i.idp and o.state in ('queued', 'claimed') and o.epoch < i.epoch
            )
            and (
                i.kind = 'delete' or not exists (
                    select from fetcher.errands e where e.idp = i.idp and e.state = 'open' and e.epoch < i.epoch
                )
            )
        order by i.kind <> 'objects', i.received_at, i.run
        limit 1
        for update of i skip locked
        """
    }

    /// Reads a run; sets it aside if that cannot be done.
    private static func run(
        _ row: Row,
        _ subject: RunSubject,
        on connection: isolated Connection
    ) throws -> QueuedRun? {
        if let run = try? QueuedRun(row, subject) { return run }
        let failure = RunFailure(
            .failed,
            "The run asks for what this version of the fetcher does not know.",
            cause: .unreadable
        )
        try connection.run(
            """
            update fetcher.inbox set state = 'ended', not_before = now(), ending = \(try failure.json)::jsonb
            where run = \(subject.run.uuid)
            """
        )
        return nil
    }

    private static func overtaken(by run: QueuedRun, on connection: isolated Connection) throws -> [QueuedRun] {
        try connection.run(
            """
            select \(RunSubject.columns), \(QueuedRun.columns) from fetcher.inbox i
            where i.idp = \(run.identityProvider.uuid) and i.state = 'overtaken' and i.epoch < \(run.epoch.rawValue)
            order by i.epoch
            """
        )
        .compactMap { try Self.run($0, RunSubject($0), on: connection) }
    }

    /// Takes the lease, unless somebody was quicker.
    ///
    /// - Parameter known: A fence that was met already; the new one is above it.
    /// - Returns: The new holder's fence, or `nil`.
    func takeOver(
        _ subject: RunSubject,
        after known: Fence = Fence(rawValue: 0),
        on connection: isolated Connection
    ) throws -> Fence? {
        let rows = try connection.run(
            """
            insert into fetcher.leases as l (idp, owner, run, fence, expires_at)
            values (
                \(subject.identityProvider.uuid), \(owner), \(subject.run.uuid), \(known.next.rawValue),
                now() + make_interval(secs => \(seconds))
            )
            on conflict (idp) do update set
                owner = excluded.owner, run = excluded.run, fence = greatest(l.fence + 1, excluded.fence),
                expires_at = excluded.expires_at
            where \(isFree)
            returning l.fence
            """
        )
        return try rows.first.map { Fence(rawValue: try $0.decode(Int64.self)) }
    }

    /// Prolongs a lease.
    ///
    /// - Returns: Whether somebody asked to end the run.
    /// - Throws: ``LeaseLost``, `PostgresError`.
    func renew(_ lease: Lease) async throws -> Bool {
        try await renew(lease.tenure, isCancelled: "select i.is_cancelled from fetcher.inbox i where i.run = l.run")
    }

    /// Prolongs the lease of whatever is worked on.
    ///
    /// - Parameter isCancelled: Asks whether somebody wants it to end, of the row `l`.
    func renew(_ tenure: Tenure, isCancelled: SQL) async throws -> Bool {
        let rows = try await database.run(
            """
            update fetcher.leases l set expires_at = now() + make_interval(secs => \(seconds))
            where \(Self.isHeld(tenure))
            returning coalesce((\(isCancelled)), false)
            """
        )
        guard let row = rows.first else { throw LeaseLost() }
        return try row.decode(Bool.self)
    }

    /// Gives the run back to whoever has room, after `delay`; what was read of it stays in the checkpoint. A
    /// lease that is lost already stays with its new holder.
    ///
    /// - Parameter hasFailed: Whether something went wrong, rather than the program being stopped.
    /// - Throws: `PostgresError`.
    func handBack(_ lease: Lease, after delay: Duration = .zero, hasFailed: Bool = false) async throws {
        let run = lease.run.run.uuid
        // Who stops has other things to do; without it the lease runs out.
        try await database.transaction(within: .seconds(4)) { connection in
            guard try release(lease, on: connection) else { return }
            try connection.run(
                """
                update fetcher.inbox set
                    state = 'queued', failures = failures + \(hasFailed ? 1 : 0),
                    not_before = now() + make_interval(secs => \(delay / .seconds(1)))
                where run = \(run)
                """
            )
        }
    }

    /// Gives the run back until WeCom's frequency limit may be over: after a minute, and twice as long with each time in a
    /// row that nothing more could be read, up to an hour. What was read stays in the checkpoint.
    ///
    /// - Returns: How long it waits.
    /// - Throws: ``LeaseLost``, `PostgresError`.
    func postpone(_ lease: Lease) async throws -> Duration {
        let run = lease.run.run.uuid
        return try await database.transaction { connection in
            guard try release(lease, on: connection) else { throw LeaseLost() }
            let rows = try connection.run(
                """
                select i.waits, i.read_at_wait,
                    (select count(*) from fetcher.checkpoints c where c.run = i.run)
                        + (select count(*) from fetcher.checkpoint_people p where p.run = i.run)
                from fetcher.inbox i where i.run = \(run)
                """
            )
            let (waits, before, read) =
                try rows.first?.decode(Int.self, Int64.self, Int64.self)
                ?? (0, Int64(0), Int64(0))
            let inRow = read > before ? 0 : waits
            let delay = Self.waits.delay(attempt: inRow + 1)
            try connection.run(
                """
                update fetcher.inbox set
                    state = 'queued', waits = \(inRow + 1), read_at_wait = \(read),
                    not_before = now() + make_interval(secs => \(delay / .seconds(1)))
                where run = \(run)
                """
            )
            return delay
        }
    }

    /// Ends the work on a run: its last message is with the brokers.
    ///
    /// - Throws: ``LeaseLost``, `PostgresError`.
    func finish(_ lease: Lease) async throws {
        let run = lease.run.run.uuid
        try await database.transaction { connection in
            guard try release(lease, on: connection) else { throw LeaseLost() }
            let runs = [run] + lease.overtaken.map(\.run.uuid)
            try connection.pipeline([
                """
                update fetcher.inbox set state = 'done', finished_at = now() where run = any(\(runs)::uuid[])
                """,
                "delete from fetcher.checkpoints where run = any(\(runs)::uuid[])",
                "delete from fetcher.checkpoint_people where run = any(\(runs)::uuid[])",
            ])
        }
    }

    /// Frees the identity provider, if it is still this holder's.
    ///
    /// The run's row is locked before the lease's, as claims do, so that neither waits for the other for ever.
    private func release(_ lease: Lease, on connection: isolated Connection) throws -> Bool {
        try connection.run("select from fetcher.inbox where run = \(lease.run.run.uuid) for update")
        return try Self.release(lease.tenure, on: connection)
    }

    static func release(_ tenure: Tenure, on connection: isolated Connection) throws -> Bool {
        try !connection.run(
            "update fetcher.leases l set owner = null, run = null where \(isHeld(tenure)) returning l.idp"
        ).isEmpty
    }

    /// How often a run has failed on its way so far.
    func failures(of lease: Lease) async throws -> Int {
        let rows = try await database.run("select failures from fetcher.inbox where run = \(lease.run.run.uuid)")
        return try rows.first?.decode(Int.self) ?? 0
    }

    /// Holds the transaction to the lease: nobody can take it over until the commit, and then sees what was written.
    /// Comes last, as renewing the lease waits for the commit, too.
    ///
    /// - Throws: ``LeaseLost``, `PostgresError`.
    static func requireHeld(_ lease: Lease, on connection: isolated Connection) throws {
        let held = try connection.run("select from fetcher.leases l where \(isHeld(lease.tenure)) for share")
        guard !held.isEmpty else { throw LeaseLost() }
    }

    /// The row `l` of `fetcher.leases` is still this holder's.
    static func isHeld(_ tenure: Tenure) -> SQL {
        """
        l.idp = \(tenure.identityProvider.uuid) and l.run = \(tenure.run.uuid)
            and l.fence = \(tenure.fence.rawValue) and l.owner is not null
        """
    }
}
