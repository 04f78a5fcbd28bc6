import FoundationEssentials
import Messages
import Postgres
import Runtime

extension RunStore {
    /// How often in a row the same is asked for anew without anybody's doing.
    private static let attempts = 5
    /// A teller that knows of more runs than this beyond ours is not believed: no backup is so old.
    private static let believable: Int64 = 1_000_000

    /// Ends a run where it stands, if it is not over: the first end that is told counts. The identity provider's row is
    /// locked in this transaction.
    ///
    /// Then, if the run was kept from its work by what is no more, it is started anew at once; and the waiting run's
    /// turn comes.
    ///
    /// - Parameter tenant: Whose run it must be; nil where that is known already.
    func finish(_ end: RunEnd, of tenant: TenantID? = nil, on connection: isolated Connection) throws {
        try raiseEpoch(end, of: tenant, on: connection)
        guard let run = try store(end, of: tenant, on: connection) else { return }
        connection.afterCommit { RunMetrics.finished(run, end) }
        let row = try IdentityProviderStore.lockedRow(end.idpID, evenDeleted: true, on: connection)
        guard var provider = ledger.readable(row).first else { return }
        provider = try RunAftermath(run: run, end: end).settle(provider, on: connection)
        if end.calls(forAnother: run) {
            // Silence says nothing about a deletion, which waits for as long as it takes.
            let attempt = end.cause == .unanswered ? run.attempt : run.attempt + 1
            try startAnew(run, of: provider, attempt: attempt, on: connection)
        }
        try promote(provider, on: connection)
    }

    /// Goes on from the highest epoch that anybody knows: this registry may have been restored from a backup.
    private func raiseEpoch(_ end: RunEnd, of tenant: TenantID?, on connection: isolated Connection) throws {
        let epoch = end.currentEpoch
        try connection.run(
            """
            update registry.identity_providers set last_epoch = \(epoch)
            where id = \(end.idpID) and (\(tenant)::uuid is null or tenant = \(tenant)::uuid)
                and last_epoch < \(epoch) and \(epoch) - last_epoch <= \(Self.believable)
            """
        )
    }

    /// The run as it was before its end; nil when it was over already, or is another's.
    private func store(_ end: RunEnd, of tenant: TenantID?, on connection: isolated Connection) throws -> Run? {
        let rows = try connection.run(
            """
            update registry.runs
            set state = 'finished', outcome = \(end.outcome), reasons = \(end.reasons)::text[],
                end_cause = \(end.cause), error_code = \(end.errorCode), counts = \(json: try end.counts.storedJSON),
                field_reports = \(json: try end.fieldReports.storedJSON),
                is_basis = \(end.isBasis),
                finished_at = coalesce(\(end.at)::timestamptz, clock_timestamp())
            where id = \(end.run) and idp = \(end.idpID) and state <> 'finished'
                and (\(tenant)::uuid is null or tenant = \(tenant)::uuid)
            returning \(Run.columns)
            """
        )
        return try rows.first.map(Run.init)
    }

    /// Asks for the same once more, unless that was in vain too often.
    private func startAnew(
        _ run: Run,
        of provider: IdentityProvider,
        attempt: Int,
        on connection: isolated Connection
    ) throws {
        guard attempt <= Self.attempts else {
            let then =
                run.kind == .delete
                ? "it is started anew after a while."
                : "nobody starts it anew. Find out why before you start a run by hand."
            let reason = "It was started \(run.attempt) times in a row, and each time ended like this; \(then)"
            try connection.run(
                "update registry.runs set reasons = array_append(reasons, \(reason)) where id = \(run.id)"
            )
            return
        }
        guard let next = try restart(run, of: provider, attempt: attempt, on: connection) else { return }
        try connection.run("update registry.runs set restarted_as = \(next.id) where id = \(run.id)")
    }

    /// Starts the waiting run if none is active any more; one that cannot run now is over at once. The identity provider's
    /// row is locked in this transaction.
    func promote(_ provider: IdentityProvider, on connection: isolated Connection) throws {
        let unfinished = try Self.unfinished(of: provider.id, on: connection)
        guard var waiting = unfinished.first(where: { $0.state == .waiting }), !unfinished.contains(where: \.isActive)
        else { return }
        if let obstacle = RunObstacle(provider.configuration, to: waiting.kind) {
            let reasons = [obstacle.sentence]
            let end = RunEnd(run: waiting.id, idpID: waiting.idpID, outcome: .skipped, reasons: reasons)
            return try finish(end, on: connection)
        }
        if try isPassed(waiting, on: connection) {
            waiting.epoch = try nextEpoch(of: provider.id, on: connection)
        }
        try request(waiting, of: provider, on: connection)
    }

    /// Whether the run got its number before it was known that others had gone further, so that not every later number is
    /// one of ours; or before another run was asked for under a later one. Whoever knows of that one refuses this number.
    private func isPassed(_ run: Run, on connection: isolated Connection) throws -> Bool {
        let rows = try connection.run(
            """
            select last_epoch - \(run.epoch) <> (
                select count(*) from registry.runs where idp = \(run.idpID) and epoch > \(run.epoch)
            ) or exists (
                select from registry.runs where idp = \(run.idpID) and epoch > \(run.epoch) and revision is not null
            )
            from registry.identity_providers where id = \(run.idpID)
            """
        )
        guard let row = rows.first else { return false }
        return try row.decode(Bool.self)
    }

    /// Ends the waiting runs of an identity provider that is being deleted; the active one is overtaken by the deletion.
    func cancelWaiting(of id: IdentityProviderID, on connection: isolated Connection) throws {
        for run in try Self.unfinished(of: id, on: connection) where run.state == .waiting {
            try cancel(run, because: "The identity provider was deleted.", cause: .deleted, on: connection)
        }
    }

    /// Ends a run: a waiting one at once, an active one as soon as whoever does it hears of it. That is the fetcher; whoever
    /// tells a replay looks itself how it stands.
    func cancel(
        _ run: Run,
        because reason: String,
        cause: RunEndCause? = nil,
        on connection: isolated Connection
    ) throws {
        if run.state == .waiting {
            let end = RunEnd(run: run.id, idpID: run.idpID, outcome: .cancelled, reasons: [reason], cause: cause)
            return try finish(end, on: connection)
        }
        let rows = try connection.run(
            """
            update registry.runs set cancelled_at = now()
            where id = \(run.id) and cancelled_at is null returning id
            """
        )
        guard !rows.isEmpty, run.kind != .replay else { return }
        try ledger.announce([try ledger.announcements.cancel(run)], on: connection)
    }
}
