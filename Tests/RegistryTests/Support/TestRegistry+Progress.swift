import BackgroundWork
import Kafka
import Messages
import Pipeline
import Postgres
import Runtime
import Testing

@testable import Registry

extension TestRegistry {
    /// What the fetcher and the writer would tell of a run, as the stage hands it over.
    func record(
        _ message: some Message,
        of run: JSON,
        fence: Int64 = 1,
        tenant: TenantID? = nil,
        at time: Timestamp = .now
    ) async throws -> Record {
        let id = try #require(run["idpID"].string.flatMap { IdentityProviderID($0) })
        var owner = tenant
        if owner == nil { owner = try await self.tenant(of: id) }
        let envelope = Envelope(
            type: type(of: message).type,
            source: "test",
            tenant: try #require(owner),
            identityProvider: id,
            run: run["id"].string.flatMap { RunID($0) },
            position: RunPosition(
                epoch: Epoch(rawValue: Int64(try #require(run["epoch"].integer))),
                fence: Fence(rawValue: fence)
            ),
            time: time
        )
        let outgoing = try OutgoingRecord(message, envelope: envelope, in: .none)
        return Record(
            position: Position(topic: outgoing.topic, partition: 0, offset: 0),
            key: outgoing.key.map { Array($0.utf8) },
            value: outgoing.value,
            headers: outgoing.headers
        )
    }

    /// Hands records over as one batch; returns those that go to the dead letters.
    @discardableResult
    func deliver(_ records: [Record]) async throws -> [Rejection] {
        let handler = ProgressHandler(runs: components.runs)
        let partition = TopicPartition(topic: TopicCatalogue.progress.name, partition: 0)
        return try await handler.handle(PartitionBatch(partition: partition, records: records))
    }

    /// Ends a run as the writer would.
    ///
    /// - Parameter removed: People whom the run removed.
    func finish(
        _ run: JSON,
        _ outcome: RunOutcome = .succeeded,
        because cause: RunEndCause? = nil,
        removed: Int = 0
    ) async throws {
        var counts = RunCounts()
        (counts.users.known, counts.users.missing, counts.users.removed) = (removed, removed, removed)
        let message = Self.end(of: run, outcome, because: cause, counts: counts, isBasis: outcome == .succeeded)
        try await deliver([try await record(message, of: run)])
    }

    /// What is told of a run's end.
    static func end(
        of run: JSON,
        _ outcome: RunOutcome = .succeeded,
        because cause: RunEndCause? = nil,
        counts: RunCounts = RunCounts(),
        current: Int? = nil,
        isBasis: Bool = false
    ) -> RunFinished {
        RunFinished(
            outcome: outcome,
            counts: counts,
            reasons: cause.map { ["because of \($0)"] } ?? [],
            cause: cause,
            currentEpoch: Epoch(rawValue: Int64(current ?? run["epoch"].integer ?? 0)),
            isBasis: isBasis,
            finishedAt: .now
        )
    }

    /// A run as the API shows it.
    func run(_ run: JSON) async throws -> JSON {
        try await send(.get, "runs/\(run["id"].string ?? "")").json
    }

    /// Does the housekeeping, the rare one too, whoever did it when.
    func tidy() async throws {
        for job in [components.housekeeping, components.retentionJob] {
            let failures = try #require(try await job.runOnce())
            #expect(failures.isEmpty, "\(failures)")
        }
    }

    /// Whose an identity provider is.
    func tenant(of id: IdentityProviderID) async throws -> TenantID {
        return try await components.providers.find(id, for: .everywhere, evenDeleted: true).tenant
    }

    /// All rows of the registry's own tables as text, to compare: only the outbox is left out.
    func contents() async throws -> [String] {
        let rows = try await database.run(
            """
            select 'run', to_jsonb(r)::text from registry.runs r union all
            select 'idp', to_jsonb(i)::text from registry.identity_providers i union all
            select 'revision', to_jsonb(v)::text from registry.revisions v union all
            select 'audit', to_jsonb(a)::text from registry.audit a order by 1, 2
            """
        )
        return try rows.map { row in
            let (kind, text) = try row.decode(String.self, String.self)
            return kind + text
        }
    }
}

extension Caller {
    /// Somebody who may look at everything.
    static let everywhere = Caller(actor: .system, role: .viewer, tenant: nil)
}
