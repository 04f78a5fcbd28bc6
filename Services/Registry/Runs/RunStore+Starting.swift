import Messages
import Postgres
import Runtime

extension RunStore {
    /// Decisions of one identity provider that wait to be carried out, at most.
    static let mostWaitingDecisions = 20

    /// Starts a run, or lets it wait for the active one. The identity provider's row is locked in this transaction.
    ///
    /// At most one run that reads waits: a further request gets that one, widened so that it does both. So a request for
    /// one person waits for the active run alone. Each decision waits in a run of its own, in the order of their numbers;
    /// a deletion waits for nobody.
    ///
    /// - Parameter attempt: How often the same was asked for in a row, this time included.
    func start(
        _ work: RunWork,
        of provider: IdentityProvider,
        cause: RunSync.Cause,
        attempt: Int = 1,
        on connection: isolated Connection
    ) throws -> Run {
        let unfinished = try Self.unfinished(of: provider.id, on: connection)
        let waiting = unfinished.filter { $0.state == .waiting }
        for run in waiting {
            guard let joined = run.work.joined(with: work) else { continue }
            return try widen(run, to: joined, attempt: attempt, on: connection)
        }
        if work.isDecision, waiting.count(where: \.work.isDecision) >= Self.mostWaitingDecisions {
            throw Problem.tooManyDecisions
        }
        let run = Run(
            id: .make(),
            idpID: provider.id,
            tenant: provider.tenant,
            epoch: try nextEpoch(of: provider.id, on: connection),
            work: work,
            cause: cause,
            state: work == .delete || unfinished.isEmpty ? .requested : .waiting,
            requestedAt: .now,
            attempt: attempt
        )
        try connection.run(
            """
            insert into registry.runs
                (id, idp, tenant, epoch, kind, target, selection, cause, state, requested_at, attempt)
            values (\(run.id), \(run.idpID), \(run.tenant), \(run.epoch), \(run.kind),
                \(json: try run.work.target?.storedJSON), \(json: try run.work.selection?.storedJSON),
                \(run.cause), \(run.state), \(run.requestedAt), \(run.attempt))
            """
        )
        if run.state == .requested { try request(run, of: provider, on: connection) }
        return run
    }

    private func widen(
        _ run: Run,
        to work: RunWork,
        attempt: Int,
        on connection: isolated Connection
    ) throws -> Run {
        var run = run
        run.work = work
        run.attempt = max(run.attempt, attempt)
        try connection.run(
            """
            update registry.runs
            set kind = \(run.kind), target = \(json: try work.target?.storedJSON), attempt = \(run.attempt)
            where id = \(run.id)
            """
        )
        return run
    }

    /// Asks the fetcher for the run, on the terms that hold now. Asking again for the same run does no harm.
    func request(_ run: Run, of provider: IdentityProvider, on connection: isolated Connection) throws {
        let configuration = provider.configuration
        try connection.run(
            """
            update registry.runs
            set state = 'requested', epoch = \(run.epoch), revision = \(configuration.revision),
                generation = \(configuration.generation), progress_at = now()
            where id = \(run.id)
            """
        )
        let basis = try basis(of: run, in: configuration.generation, on: connection)
        try ledger.announce([try ledger.announcements.start(run, under: configuration, basis: basis)], on: connection)
    }

    /// The number of a further run.
    func nextEpoch(of id: IdentityProviderID, on connection: isolated Connection) throws -> Epoch {
        let rows = try connection.run(
            """
            update registry.identity_providers set last_epoch = last_epoch + 1
            where id = \(id) returning last_epoch
            """
        )
        guard let row = rows.first else { throw Problem.noIdentityProvider }
        return try row.decode(Epoch.self)
    }

    /// The last full run that was asked for, if the writer said that it can be one; other runs in between do not void it
    /// (architecture.md §3.4). Never one of another corp's people, nor one by other limits: who keeps access by those has
    /// to be looked at again.
    private func basis(
        of run: Run,
        in generation: Generation,
        on connection: isolated Connection
    ) throws -> Epoch? {
        guard run.kind == .full else { return nil }
        let rows = try connection.run(
            """
            select epoch, is_basis and generation = \(generation) and not exists (
                select from registry.revisions later
                where later.idp = runs.idp and later.revision > runs.revision and later.changes ? 'safetyLimits'
            )
            from registry.runs
            where idp = \(run.idpID) and epoch < \(run.epoch) and kind = 'full' and revision is not null
            order by epoch desc limit 1
            """
        )
        guard let row = rows.first else { return nil }
        let (epoch, isBasis) = try row.decode(Epoch.self, Bool.self)
        return isBasis ? epoch : nil
    }
}
