import Messages
import Postgres
import Runtime
import Traces

extension RunStore {
    /// Decisions of one identity provider, plans and replays that wait to be carried out, at most.
    static let mostWaitingDecisions = 20

    /// Starts the run that something calls for, if ``Trigger`` lets one start.
    ///
    /// - Parameter work: What is synchronised; nil for what the settings say.
    func start(
        _ work: RunWork? = nil,
        of provider: IdentityProvider,
        because trigger: Trigger,
        on connection: isolated Connection
    ) throws -> Run? {
        let work = trigger.work(work, of: provider)
        guard trigger.obstacle(of: provider, to: work.kind) == nil else { return nil }
        return try begin(RunOrder(work: work, cause: trigger.cause), of: provider, on: connection)
    }

    /// Starts the run that somebody asks for. Throws ``Problem`` 409 with what is in the way.
    func start(
        asked work: RunWork?,
        isDryRun: Bool = false,
        plan: PlanReference? = nil,
        of provider: IdentityProvider,
        because trigger: Trigger,
        on connection: isolated Connection
    ) throws -> Run {
        let work = trigger.work(work, of: provider)
        if let obstacle = trigger.obstacle(of: provider, to: work.kind) { throw obstacle.problem }
        let order = RunOrder(work: work, cause: trigger.cause, isDryRun: isDryRun, plan: plan)
        return try begin(order, of: provider, on: connection)
    }

    /// Starts the same run once more, with the cause that it had; nil where something is in the way by now.
    func restart(
        _ run: Run,
        of provider: IdentityProvider,
        attempt: Int,
        on connection: isolated Connection
    ) throws -> Run? {
        guard Trigger.restart.obstacle(of: provider, to: run.kind) == nil else { return nil }
        let order = RunOrder(
            work: run.work,
            cause: run.cause,
            isDryRun: run.isDryRun,
            plan: run.plan,
            attempt: attempt
        )
        return try begin(order, of: provider, on: connection)
    }

    /// Starts what a change of an identity provider's configuration calls for.
    func follow(
        _ old: IdentityProvider?,
        to new: IdentityProvider,
        on connection: isolated Connection
    ) throws -> Run? {
        try start(of: new, because: Trigger(from: old?.configuration, to: new.configuration), on: connection)
    }

    /// Starts a run, or lets it wait for the active one. The identity provider's row is locked in this transaction.
    ///
    /// One run that reads waits: a further request gets that one, widened so that it does both. So a request for one person
    /// waits for the active run alone. Where people are not synchronised, one of the structure waits beside those of single
    /// objects, each of which reads as many as one may: together they would be a reading of everybody. Each decision waits
    /// in a run of its own, in the order of their numbers, and so do whatever carries a plan out and each replay; a deletion
    /// waits for nobody.
    private func begin(
        _ order: RunOrder,
        of provider: IdentityProvider,
        on connection: isolated Connection
    ) throws -> Run {
        let work = order.work
        let unfinished = try Self.unfinished(of: provider.id, on: connection)
        let waiting = unfinished.filter { $0.state == .waiting }
        if let plan = order.plan, let same = unfinished.first(where: { $0.plan == plan }) { return same }
        for run in waiting where run.isDryRun == order.isDryRun && run.plan == nil && order.plan == nil {
            guard let joined = run.work.joined(with: work, usual: provider.usualRun) else { continue }
            return try widen(run, to: joined, attempt: order.attempt, on: connection)
        }
        // What is asked for anew comes in place of one that has ended, whose end must not fail for those that wait.
        if order.attempt == 1, Self.waitsAlone(work, order.plan),
            waiting.count(where: { Self.waitsAlone($0.work, $0.plan) }) >= Self.mostWaitingDecisions
        {
            throw Problem.tooManyDecisions
        }
        let span = TraceSpan("start run")
        defer { span.end() }
        let run = Run(
            id: .make(),
            idpID: provider.id,
            tenant: provider.tenant,
            epoch: try nextEpoch(of: provider.id, on: connection),
            work: work,
            isDryRun: order.isDryRun,
            plan: order.plan,
            cause: order.cause,
            state: work == .delete || unfinished.isEmpty ? .requested : .waiting,
            requestedAt: try .ofDatabase(on: connection),
            trace: span.context,
            attempt: order.attempt
        )
        span.describe(run.id, of: run.idpID)
        span.set("wecombridge.run.kind", .text(run.kind.rawValue))
        span.set("wecombridge.run.cause", .text(run.cause.rawValue))
        try insert(run, on: connection)
        if run.state == .requested { try request(run, of: provider, on: connection) }
        return run
    }

    /// Whether it waits in a run of its own, which stands for no other request.
    private static func waitsAlone(_ work: RunWork, _ plan: PlanReference?) -> Bool {
        work.isDecision || work == .replay || plan != nil
    }

    private func insert(_ run: Run, on connection: isolated Connection) throws {
        try connection.run(
            """
            insert into registry.runs
                (id, idp, tenant, epoch, kind, target, selection, is_dry_run, plan_run, plan_epoch, cause, state,
                requested_at, attempt, traceparent)
            values (\(run.id), \(run.idpID), \(run.tenant), \(run.epoch), \(run.kind),
                \(json: try run.work.target?.storedJSON), \(json: try run.work.selection?.storedJSON),
                \(run.isDryRun), \(run.plan?.run), \(run.plan?.epoch), \(run.cause), \(run.state), \(run.requestedAt), \(run.attempt),
                \(run.trace?.description))
            """
        )
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

    /// Asks the fetcher for the run, on the terms that hold now. Asking again for the same run does no harm. For a replay
    /// nobody is asked: whoever asked for it does it.
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
        guard run.kind != .replay else { return }
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
    /// (architecture.md §3.4), but for an undoing or a replay: what these put back has to be looked at again. Never one of another
    /// corp's people, nor one by other limits: who keeps access by those has to be looked at again, too.
    private func basis(
        of run: Run,
        in generation: Generation,
        on connection: isolated Connection
    ) throws -> Epoch? {
        guard run.kind == .full, !run.isDryRun, run.plan == nil else { return nil }
        let rows = try connection.run(
            """
            select epoch, is_basis and generation = \(generation) and not exists (
                select from registry.revisions later
                where later.idp = runs.idp and later.revision > runs.revision and later.changes ? 'safetyLimits'
            ) and not exists (
                select from registry.runs undoing
                where undoing.idp = runs.idp and undoing.kind in ('undo', 'replay') and undoing.epoch > runs.epoch
            ) and exists (
                -- Of revisions that are not kept any more nobody knows what they changed.
                select from registry.revisions kept
                where kept.idp = runs.idp and kept.revision <= runs.revision + 1
            )
            from registry.runs
            where idp = \(run.idpID) and epoch < \(run.epoch) and kind in ('full', 'repair') and not is_dry_run
                and revision is not null
            order by epoch desc limit 1
            """
        )
        guard let row = rows.first else { return nil }
        let (epoch, isBasis) = try row.decode(Epoch.self, Bool.self)
        return isBasis ? epoch : nil
    }
}

/// A run that is to be.
private struct RunOrder: Sendable {
    var work: RunWork
    var cause: RunSync.Cause
    var isDryRun = false
    var plan: PlanReference?
    /// How often the same was asked for in a row, this time included.
    var attempt = 1
}
