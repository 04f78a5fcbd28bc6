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
                s.deleted_at is not null, r.run_id, r.topic, r.partition, r.start_offset, r.counts::text,
                r.refusals::text, r.allowance::text, r.field_reports::text
            from sources s
            left join runs r on r.idp_id = s.idp_id and r.epoch = s.epoch and r.outcome is null
            where s.idp_id = \(id.uuid)
            """
        )
        guard let row = rows.first else { return state }
        let (
            owner, epoch, fence, finished, generation, userIDCase, isDeleted, run, topic, partition, start, counts,
            refusals, allowance, reports
        ) =
            try row.decode(
                UUID.self,
                Int64.self,
                Int64.self,
                Int64.self,
                Int64.self,
                String.self,
                Bool.self,
                UUID?.self,
                String?.self,
                Int32?.self,
                Int64?.self,
                String?.self,
                String?.self,
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
        if let asked = try await asked(id) {
            state.asked = asked
        } else if let run, let topic, let partition, let start {
            state.interrupted = SourceState.InterruptedRun(
                id: RunID(run),
                partition: TopicPartition(topic: topic, partition: partition),
                startOffset: start,
                counts: RunCounts(stored: counts ?? ""),
                refusals: Refusals(stored: refusals ?? ""),
                allowance: allowance.flatMap { Allowance(stored: $0) },
                fieldReports: reports.flatMap { FieldReports(stored: $0) } ?? FieldReports()
            )
        }
        return state
    }

    /// The run under way, if it waits for answers.
    private func asked(_ id: IdentityProviderID) async throws -> AskedState? {
        let rows = try await database.run(
            """
            select run_id, kind, target::text, selection::text, is_dry_run, plan_epoch, terms::text,
                (extract(epoch from requested_at) * 1000)::bigint, counts::text, asked::text, field_reports::text
            from runs where idp_id = \(id.uuid) and outcome is null and asked is not null
            """
        )
        guard let row = rows.first else { return nil }
        let (run, kind, target, selection, isDryRun, plan, terms, time, counts, asked, reports) = try row.decode(
            UUID.self,
            String.self,
            String?.self,
            String?.self,
            Bool.self,
            Int64?.self,
            String.self,
            Int64.self,
            String.self,
            String.self,
            String?.self
        )
        let decoder = MessageJSON.decoder
        let head = SourceSegment.RunHead(
            id: RunID(run),
            kind: RunSync.Kind(rawValue: kind) ?? .full,
            target: try target.map { try decoder.decode(RunTarget.self, from: Data($0.utf8)) },
            selection: try selection.map { try decoder.decode(HeldSelection.self, from: Data($0.utf8)) },
            isDryRun: isDryRun,
            plan: plan.map { Epoch(rawValue: $0) },
            terms: try decoder.decode(RunTerms.self, from: Data(terms.utf8)),
            requestedAt: Timestamp(millisecondsSince1970: time)
        )
        return AskedState(
            head: head,
            counts: RunCounts(stored: counts),
            asked: try decoder.decode(AskedRun.self, from: Data(asked.utf8)),
            fieldReports: reports.flatMap { FieldReports(stored: $0) } ?? FieldReports()
        )
    }

    /// How many people and departments have access.
    ///
    /// - Throws: ``PostgresError``.
    static func present(
        _ id: IdentityProviderID,
        _ generation: Generation,
        on connection: isolated Connection
    ) throws -> (users: Int, departments: Int) {
        let rows = try connection.run(
            """
            select (
                select count(*) from users
                where idp_id = \(id.uuid) and removed_at is null and generation = \(generation.rawValue)
            ), (select count(*) from departments where idp_id = \(id.uuid) and removed_at is null)
            """
        )
        return try rows[0].decode(Int.self, Int.self)
    }

    /// The run that had an epoch, and how it ended if it is over; `nil` when none of that epoch is remembered.
    ///
    /// - Throws: ``PostgresError``.
    func run(at epoch: Epoch, of id: IdentityProviderID) async throws -> (id: RunID, end: RunEnd?)? {
        let rows = try await database.run(
            """
            select run_id, counts::text, outcome, reasons::text, cause, error_code, is_basis from runs
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

extension Allowance {
    /// - Parameter json: What an `allowance` column says.
    init?(stored json: String) {
        guard let allowance = try? MessageJSON.decoder.decode(Allowance.self, from: Data(json.utf8)) else { return nil }
        self = allowance
    }
}

extension FieldReports {
    /// - Parameter json: What a `field_reports` column says.
    init?(stored json: String) {
        guard let reports = try? MessageJSON.decoder.decode(FieldReports.self, from: Data(json.utf8)) else {
            return nil
        }
        self = reports
    }
}

extension Refusals {
    /// - Parameter json: What a `refusals` column says; nothing refused where it says nothing.
    init(stored json: String) {
        self = (try? MessageJSON.decoder.decode(Refusals.self, from: Data(json.utf8))) ?? Refusals()
    }
}
