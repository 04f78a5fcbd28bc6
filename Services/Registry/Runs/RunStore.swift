import FoundationEssentials
import Messages
import Postgres
import Runtime

/// The runs, of which each identity provider has at most one active and one waiting.
struct RunStore: Sendable {
    let ledger: Ledger

    /// One run. Throws 404 when there is none, or none that the caller sees.
    func find(_ id: RunID, for caller: Caller) async throws -> Run {
        let rows = try await ledger.database.run(
            "select \(Run.columns) from registry.runs where id = \(id)"
        )
        guard let run = try rows.first.map(Run.init), caller.sees(run.tenant) else { throw Problem.noRun }
        return run
    }

    /// An identity provider's runs, newest first.
    func list(_ page: Page, of id: IdentityProviderID) async throws -> Listing<Run> {
        let rows = try await ledger.database.run(
            """
            select \(Run.columns) from registry.runs
            where idp = \(id) and (\(try page.afterNumber)::bigint is null or epoch < \(try page.afterNumber)::bigint)
            order by epoch desc limit \(page.rows)
            """
        )
        return Listing(try rows.map(Run.init), of: page) { $0.epoch.description }
    }

    /// The runs of an identity provider that are not over: the active one first.
    static func unfinished(of id: IdentityProviderID, on connection: isolated Connection) throws -> [Run] {
        let rows = try connection.run(
            """
            select \(Run.columns) from registry.runs
            where idp = \(id) and state <> 'finished' order by epoch for update
            """
        )
        return try rows.map(Run.init)
    }

    /// Starts a run, or lets it wait for the active one. The identity provider's row is locked in this transaction.
    ///
    /// At most one run waits: a further request gets that one, widened to the people if it asks for them.
    func start(
        _ kind: RunSync.Kind,
        of provider: IdentityProvider,
        cause: RunSync.Cause,
        on connection: isolated Connection
    ) throws -> Run {
        let unfinished = try Self.unfinished(of: provider.id, on: connection)
        if var waiting = unfinished.first(where: { $0.state == .waiting }) {
            guard kind == .full, waiting.kind != .full else { return waiting }
            waiting.kind = .full
            try connection.run("update registry.runs set kind = 'full' where id = \(waiting.id)")
            return waiting
        }
        let run = Run(
            id: .make(),
            idpID: provider.id,
            tenant: provider.tenant,
            epoch: try nextEpoch(of: provider.id, on: connection),
            kind: kind,
            cause: cause,
            state: unfinished.isEmpty ? .requested : .waiting,
            requestedAt: .now
        )
        try insert(run, on: connection)
        if run.state == .requested { try request(run, with: provider.configuration.revision, on: connection) }
        return run
    }

    private func nextEpoch(of id: IdentityProviderID, on connection: isolated Connection) throws -> Epoch {
        let rows = try connection.run(
            """
            update registry.identity_providers set last_epoch = last_epoch + 1
            where id = \(id) returning last_epoch
            """
        )
        guard let row = rows.first else { throw Problem.noIdentityProvider }
        return try row.decode(Epoch.self)
    }

    private func insert(_ run: Run, on connection: isolated Connection) throws {
        try connection.run(
            """
            insert into registry.runs (id, idp, tenant, epoch, kind, cause, state, requested_at)
            values (\(run.id), \(run.idpID), \(run.tenant), \(run.epoch), \(run.kind), \(run.cause), \(run.state),
                \(run.requestedAt))
            """
        )
    }

    /// Asks the fetcher for the run.
    private func request(_ run: Run, with revision: Revision, on connection: isolated Connection) throws {
        try connection.run(
            """
            update registry.runs set state = 'requested', revision = \(revision), progress_at = now()
            where id = \(run.id)
            """
        )
        let basis = try basis(of: run, on: connection)
        try ledger.announce([try ledger.announcements.start(run, with: revision, basis: basis)], on: connection)
    }

    /// The run before, if the directory holds exactly what that one read: it was of everybody, ended well, and
    /// nothing of it was refused.
    private func basis(of run: Run, on connection: isolated Connection) throws -> Epoch? {
        guard run.kind == .full else { return nil }
        let rows = try connection.run(
            """
            select \(Run.columns) from registry.runs
            where idp = \(run.idpID) and epoch < \(run.epoch) order by epoch desc limit 1
            """
        )
        guard let last = try rows.first.map(Run.init), last.kind == .full, last.outcome == .succeeded,
            last.counts.users.rejected == 0, last.counts.departments.rejected == 0
        else { return nil }
        return last.epoch
    }

    /// Ends a run where it stands, if it is not over. The identity provider's row is locked in this transaction.
    ///
    /// Then the waiting run's turn comes.
    ///
    /// - Parameter tenant: Whose run it must be; nil where that is known already.
    func finish(_ end: RunEnd, of tenant: TenantID? = nil, on connection: isolated Connection) throws {
        let counts = [UInt8](try MessageJSON.encoder.encode(end.counts))
        let rows = try connection.run(
            """
            update registry.runs
            set state = 'finished', outcome = \(end.outcome), reasons = \(end.reasons)::text[],
                error_code = \(end.errorCode), counts = \(json: counts),
                finished_at = \(end.at)
            where id = \(end.run) and idp = \(end.idpID) and state <> 'finished'
                and (\(tenant)::uuid is null or tenant = \(tenant)::uuid)
            returning id
            """
        )
        if !rows.isEmpty { try promote(end.idpID, on: connection) }
    }

    /// Starts the waiting run if none is active any more; one that cannot run now is over at once.
    private func promote(_ id: IdentityProviderID, on connection: isolated Connection) throws {
        let unfinished = try Self.unfinished(of: id, on: connection)
        guard var waiting = unfinished.first, waiting.state == .waiting else { return }
        guard let provider = try IdentityProviderStore.lock(id, on: connection) else {
            return try skip(waiting, because: "The identity provider was deleted.", on: connection)
        }
        if let obstacle = RunObstacle(provider.configuration) {
            return try skip(waiting, because: obstacle.sentence, on: connection)
        }
        waiting.state = .requested
        try request(waiting, with: provider.configuration.revision, on: connection)
    }

    private func skip(_ run: Run, because reason: String, on connection: isolated Connection) throws {
        try finish(RunEnd(run: run.id, idpID: run.idpID, outcome: .skipped, reasons: [reason]), on: connection)
    }

    /// Ends all runs of an identity provider: the waiting one at once, the active one as soon as the fetcher hears of it.
    func cancelAll(of provider: IdentityProvider, because reason: String, on connection: isolated Connection) throws {
        for run in try Self.unfinished(of: provider.id, on: connection).reversed() {
            try cancel(run, because: reason, on: connection)
        }
    }

    /// Ends a run: a waiting one at once, an active one as soon as the fetcher hears of it.
    func cancel(_ run: Run, because reason: String, on connection: isolated Connection) throws {
        if run.state == .waiting {
            let end = RunEnd(run: run.id, idpID: run.idpID, outcome: .cancelled, reasons: [reason])
            return try finish(end, on: connection)
        }
        let rows = try connection.run(
            """
            update registry.runs set cancelled_at = \(Timestamp.now)
            where id = \(run.id) and cancelled_at is null returning id
            """
        )
        if !rows.isEmpty { try ledger.announce([try ledger.announcements.cancel(run)], on: connection) }
    }
}

extension Problem {
    /// 404, also for a run that is not the caller's to see.
    static let noRun = Problem.notFound("There is no run with this id.")
}
