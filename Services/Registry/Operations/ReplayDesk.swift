import Failures
import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import Replay
import Runtime

/// Begins replays for operators, as `bridgectl replay` does: what retention has lost is refused before anything is begun, the
/// audit is told, and then the run is asked for and told by this copy of the registry.
struct ReplayDesk: Sendable {
    let providers: IdentityProviderStore
    let runs: RunService
    let journal: OperationJournal
    let telling: ReplayTelling
    let settings: StageSettings
    let logger: Logger

    /// Begins one for each identity provider that is meant.
    ///
    /// - Parameter request: The same request again begins nothing, and gets the same runs.
    /// - Throws: ``Problem`` 409 with what retention has lost, 503 where the brokers do not answer.
    func begin(_ wish: ReplayWish, as request: RequestIdentity?, by caller: Caller) async throws -> [Run] {
        if let begun = try await earlier(request, caller) { return begun }
        let meant = try await meant(by: wish, caller)
        let log = ReplayLog(
            topic: wish.log.topic,
            settings: settings.kafka,
            namespace: settings.namespace,
            logger: logger
        )
        for provider in meant { try await requireAll(of: provider, wish, from: log) }
        let begun = try await telling.begin(meant.count) { tell in
            var begun: [Run] = []
            for provider in meant {
                let run = try await begin(wish, of: provider, from: log, as: request, by: caller, tell)
                begun.append(run)
            }
            return begun
        }
        if let request { try await remember(begun, request) }
        return begun
    }

    private func meant(by wish: ReplayWish, _ caller: Caller) async throws -> [IdentityProvider] {
        switch wish.whose {
        case .provider(let id): return [try await providers.find(id, for: caller)]
        case .tenant(let tenant):
            let all = try await providers.all(of: tenant)
            guard !all.isEmpty else { throw Problem.noIdentityProvider }
            return all
        }
    }

    private func requireAll(of provider: IdentityProvider, _ wish: ReplayWish, from log: ReplayLog) async throws {
        if let obstacle = Trigger.manual.obstacle(of: provider, to: .replay) { throw obstacle.problem }
        do {
            try await log.require(wish.choice(under: provider.configuration.terms), of: provider.configuration)
        } catch let refusal as ReplayRefusal {
            throw Problem.conflict("replay-refused", refusal.description)
        } catch let error as KafkaError {
            logger.warning("a topic could not be read for a replay", metadata: ["error": "\(error)"])
            throw Problem.unavailable("The brokers do not answer at present.")
        }
    }

    private func begin(
        _ wish: ReplayWish,
        of provider: IdentityProvider,
        from log: ReplayLog,
        as request: RequestIdentity?,
        by caller: Caller,
        _ tell: (ReplayWork) -> Void
    ) async throws -> Run {
        let choice = wish.choice(under: provider.configuration.terms)
        _ = try await journal.begin(
            .replayStarted,
            because: wish.why,
            [
                "idp": .string(provider.id.description), "topic": .string(log.topic.name),
                "choice": .string(choice.description), "dryRun": .boolean(wish.isDryRun),
            ],
            by: caller
        )
        let form = RunForm(work: .replay, isDryRun: wish.isDryRun)
        let answer = try await runs.start(form, of: provider.id, key: request?.key, by: caller)
        // Whoever sent the same at the same time has it told already.
        guard !answer.isRepeated else { return answer.run }
        let run = ReplayRun(
            id: answer.run.id,
            epoch: answer.run.epoch,
            requestedAt: answer.run.requestedAt,
            isDryRun: wish.isDryRun,
            configuration: provider.configuration,
            source: "idp-registry/replay",
            registry: OwnRuns(ledger: providers.ledger, logger: logger)
        )
        tell(ReplayWork(run: run, log: log, pace: Pace(perSecond: wish.rate)) { wish.choice(under: $0) })
        return answer.run
    }
}

extension ReplayDesk {
    /// What an earlier request with this key began; nil where there was none.
    private func earlier(_ request: RequestIdentity?, _ caller: Caller) async throws -> [Run]? {
        guard let request else { return nil }
        let earlier = try await providers.ledger.database.transaction { try request.earlier(on: $0) }
        guard let earlier else { return nil }
        var begun: [Run] = []
        for text in earlier.object.split(separator: " ") {
            guard let id = RunID(String(text)) else { throw StoredDataError(what: "the ids of replays") }
            let run = try await runs.runs.find(id, for: caller)
            begun.append(run)
        }
        return begun
    }

    private func remember(_ begun: [Run], _ request: RequestIdentity) async throws {
        let ids = begun.map(\.id.description).joined(separator: " ")
        try await providers.ledger.database.transaction { connection in
            guard try request.earlier(on: connection) == nil else { return }
            try request.remember(ids, on: connection)
        }
    }
}

/// How runs stand, by the registry's own word.
private struct OwnRuns: ReplayRegistry {
    let ledger: Ledger
    let logger: Logger

    func standing(of run: RunID) async throws -> ReplayStanding {
        let rows = try await rows("select \(Run.columns) from registry.runs where id = \(run)")
        guard let row = rows.first else { throw Problem.noRun }
        let found = try Run(row)
        return ReplayStanding(
            isWaiting: found.state == .waiting,
            isOver: found.state == .finished,
            pagesApplied: found.progress.pagesApplied,
            epoch: found.epoch,
            isAskedToEnd: found.cancelRequestedAt != nil
        )
    }

    func configuration(of identityProvider: IdentityProviderID) async throws -> IdentityProviderConfiguration {
        let rows = try await rows(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where id = \(identityProvider) and not is_deleted
            """
        )
        guard let provider = ledger.readable(rows).first else { throw Problem.noIdentityProvider }
        return provider.configuration
    }

    /// A replay takes long: a database that is away for a moment does not end it.
    private func rows(_ statement: SQL) async throws -> [Row] {
        try await retrying(
            "ask how a replay stands",
            logger: logger,
            isTransient: { ($0 as? PostgresError)?.failureClass == .transient }
        ) {
            try await ledger.database.run(statement)
        }
    }
}

extension IdentityProviderStore {
    /// All that a tenant has, but deleted ones.
    fileprivate func all(of tenant: TenantID) async throws -> [IdentityProvider] {
        let rows = try await ledger.database.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where tenant = \(tenant) and not is_deleted order by id
            """
        )
        return ledger.readable(rows)
    }
}
