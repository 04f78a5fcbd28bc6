import Messages
import Postgres

/// The errands of the inbox, `fetcher.errands`, and who works on which.
///
/// An errand is worked on under its identity provider's lease, as a run is, so that never two of them are at once.
struct ErrandStore: Sendable {
    let leases: LeaseStore

    private var database: Database { leases.database }

    /// Claims the errand that is soonest done, of an identity provider that nobody works on; before it those whose time
    /// is over, which ask nothing.
    ///
    /// - Returns: `nil` when there is none.
    /// - Throws: `PostgresError`.
    func claim() async throws -> ErrandLease? {
        let claimedAt = ContinuousClock.now
        return try await database.transaction { connection in
            guard let row = try connection.run(candidate).first else { return nil }
            let errand = try Errand(row)
            let isCancelled = try row.dropFirst(Errand.columnCount).decode(Bool.self)
            guard let fence = try leases.takeOver(errand.subject, after: errand.fence, on: connection) else {
                return nil
            }
            return ErrandLease(
                errand: errand,
                tenure: Tenure(
                    identityProvider: errand.subject.identityProvider,
                    run: errand.subject.run,
                    fence: fence,
                    claimedAt: claimedAt
                ),
                isCancelled: isCancelled
            )
        }
    }

    private var candidate: SQL {
        """
        select \(Errand.columns), i.is_cancelled
        from fetcher.errands i
        left join fetcher.leases l on l.idp = i.idp
        where i.state = 'open' and \(LeaseStore.isDue) and \(leases.isFree)
        order by i.ends_at > now(), i.size, i.received_at, i.run, i.batch
        limit 1
        for update of i skip locked
        """
    }

    /// Prolongs a lease.
    ///
    /// - Returns: Whether somebody asked to end the run.
    /// - Throws: ``LeaseLost``, `PostgresError`.
    func renew(_ lease: ErrandLease) async throws -> Bool {
        let isCancelled: SQL = """
            select e.is_cancelled from fetcher.errands e
            where e.run = l.run and e.batch = \(lease.errand.batch)
            """
        return try await leases.renew(lease.tenure, isCancelled: isCancelled)
    }

    /// Gives the errand back to whoever has room, after `delay`.
    ///
    /// - Throws: `PostgresError`.
    func handBack(_ lease: ErrandLease, after delay: Duration, hasFailed: Bool) async throws {
        try await database.transaction(within: .seconds(4)) { connection in
            guard try release(lease, on: connection) else { return }
            try connection.run(
                """
                update fetcher.errands set
                    failures = failures + \(hasFailed ? 1 : 0),
                    not_before = now() + make_interval(secs => \(delay / .seconds(1)))
                where run = \(lease.errand.subject.run.uuid) and batch = \(lease.errand.batch)
                """
            )
        }
    }

    /// Ends the work on an errand: its answer is with the brokers.
    ///
    /// - Parameter isRunOver: Whether the answer ended the run, so that nobody waits for its other errands.
    /// - Throws: ``LeaseLost``, `PostgresError`.
    func finish(_ lease: ErrandLease, isRunOver: Bool) async throws {
        try await database.transaction { connection in
            guard try release(lease, on: connection) else { throw LeaseLost() }
            try connection.run(
                """
                update fetcher.errands set state = 'done', finished_at = now(), question = null
                where run = \(lease.errand.subject.run.uuid) and state = 'open'
                    and (batch = \(lease.errand.batch) or \(isRunOver))
                """
            )
            guard isRunOver else { return }
            // Questions that are still to come are nobody's any more.
            try connection.run(
                "update fetcher.inbox set is_cancelled = true where run = \(lease.errand.subject.run.uuid)"
            )
        }
    }

    /// How often an errand has failed on its way so far.
    func failures(of lease: ErrandLease) async throws -> Int {
        let rows = try await database.run(
            """
            select failures from fetcher.errands
            where run = \(lease.errand.subject.run.uuid) and batch = \(lease.errand.batch)
            """
        )
        return try rows.first?.decode(Int.self) ?? 0
    }

    /// Frees the identity provider, if it is still this holder's. The run's errands are locked before the lease, as
    /// claims do.
    private func release(_ lease: ErrandLease, on connection: isolated Connection) throws -> Bool {
        try connection.run(
            "select from fetcher.errands where run = \(lease.errand.subject.run.uuid) order by batch for update"
        )
        return try LeaseStore.release(lease.tenure, on: connection)
    }
}

/// The right to work on an errand.
struct ErrandLease: Equatable, Sendable {
    let errand: Errand
    let tenure: Tenure
    /// Whether somebody had asked to end the run when it was claimed.
    var isCancelled = false
}
