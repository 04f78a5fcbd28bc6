import FoundationEssentials
import Kafka
import Messages
import Postgres

/// Reads back how far identity providers have come, and what became of their runs.
struct SourceStore: Sendable {
    let database: Database

    /// How an identity provider stands; one of which nothing is stored is taken to be `tenant`'s.
    ///
    /// - Throws: ``PostgresError``.
    func source(_ id: IdentityProviderID, of tenant: TenantID) async throws -> SourceState {
        var state = SourceState(identityProvider: id, standing: SourceStanding(tenant: tenant))
        let rows = try await database.run(
            """
            select s.tenant_id, s.epoch, s.fence, s.finished_epoch, s.generation, s.user_id_case,
                s.deleted_at is not null, r.start_offset, r.counts::text, r.refusals::text
            from directory.sources s
            left join directory.runs r on r.idp_id = s.idp_id and r.epoch = s.epoch and r.outcome is null
            where s.idp_id = \(id.uuid)
            """
        )
        guard let row = rows.first else { return state }
        let (owner, epoch, fence, finished, generation, userIDCase, isDeleted, start, counts, refusals) =
            try row.decode(
                UUID.self,
                Int64.self,
                Int64.self,
                Int64.self,
                Int64.self,
                String.self,
                Bool.self,
                Int64?.self,
                String?.self,
                String?.self
            )
        state.standing = SourceStanding(
            tenant: TenantID(owner),
            position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: fence)),
            finishedEpoch: Epoch(rawValue: finished),
            generation: Generation(rawValue: generation),
            userIDCase: UserIDCase(rawValue: userIDCase) ?? .insensitive,
            isDeleted: isDeleted,
            isStored: true
        )
        if let start {
            state.interrupted = SourceState.InterruptedRun(
                startOffset: start,
                counts: RunCounts(stored: counts ?? ""),
                refusals: Refusals(stored: refusals ?? "")
            )
        }
        return state
    }

    /// The run that had an epoch, and how it ended if it is over; `nil` when none of that epoch is remembered.
    ///
    /// - Throws: ``PostgresError``.
    func run(at epoch: Epoch, of id: IdentityProviderID) async throws -> (id: RunID, end: RunEnd?)? {
        let rows = try await database.run(
            """
            select run_id, counts::text, outcome, reasons::text, cause, error_code, is_basis from directory.runs
            where idp_id = \(id.uuid) and epoch = \(epoch.rawValue)
            """
        )
        guard let row = rows.first else { return nil }
        let (run, counts, outcome, reasons, cause, code, isBasis) = try row.decode(
            UUID.self,
            String.self,
            String?.self,
            String?.self,
            String?.self,
            Int?.self,
            Bool.self
        )
        guard let outcome = outcome.flatMap(RunOutcome.init) else { return (RunID(run), nil) }
        let end = RunEnd(
            outcome: outcome,
            counts: RunCounts(stored: counts),
            reasons: try MessageJSON.decoder.decode([String].self, from: Data((reasons ?? "[]").utf8)),
            cause: cause.flatMap(RunEndCause.init),
            errorCode: code,
            isBasis: isBasis
        )
        return (RunID(run), end)
    }
}

extension RunCounts {
    /// - Parameter json: What a `counts` column says; nothing counted where it says nothing.
    init(stored json: String) {
        self = (try? MessageJSON.decoder.decode(RunCounts.self, from: Data(json.utf8))) ?? RunCounts()
    }
}

extension Refusals {
    /// - Parameter json: What a `refusals` column says; nothing refused where it says nothing.
    init(stored json: String) {
        self = (try? MessageJSON.decoder.decode(Refusals.self, from: Data(json.utf8))) ?? Refusals()
    }
}
