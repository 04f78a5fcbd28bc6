import Messages
import Postgres
import Runtime

/// The run whose plan another one carries out.
struct PlanReference: Sendable, Equatable {
    let run: RunID
    let epoch: Epoch
}

extension RunService {
    /// Starts a run that does what another one planned, or nothing.
    ///
    /// It is of the same kind and reads the same; the writer compares what it would do with the plan.
    ///
    /// - Parameters:
    ///   - planned: The run that made the plan.
    ///   - key: The request's `Idempotency-Key`: the same key gets the same run.
    /// - Throws: ``Problem`` 409 when the run has left no plan, or one that cannot be carried out any more, or its identity
    ///   provider is deleted, closed or not connected.
    func carryOut(planOf planned: Run, key: String?, by caller: Caller) async throws -> Answer {
        let answer = try await runs.ledger.change { database in
            let row = try IdentityProviderStore.lockedRow(planned.idpID, evenDeleted: true, on: database)
            guard let provider = try row.first.map(IdentityProvider.init) else { throw Problem.noIdentityProvider }
            let request = RunRequest(planOf: planned.id)
            if let key, let run = try RunRequests.earlier(key, request, of: provider.id, on: database) {
                return Answer(run: run, isRepeated: true)
            }
            if provider.configuration.status == .deleted { throw Problem.nothingToDecide }
            try require(planned, on: database)
            let run = try runs.start(
                asked: planned.work,
                plan: PlanReference(run: planned.id, epoch: planned.epoch),
                of: provider,
                because: planned.work.isDecision ? .decision : .manual,
                on: database
            )
            if let key { try RunRequests.remember(key, request, run, on: database) }
            let entry = AuditEntry("run.applied", "run", planned.id.uuid, of: planned.tenant, by: caller.actor)
            let details: [String: JSON] = [
                "idp": .string(planned.idpID.description), "run": .string(run.id.description),
                "kind": .string(run.kind.rawValue),
            ]
            try entry.with(details).append(on: database)
            return Answer(run: run, isRepeated: false)
        }
        if !answer.isRepeated { RunMetrics.started(answer.run.cause) }
        return answer
    }

    /// A run that would have done other than a plan says has left a plan of its own.
    private func require(_ planned: Run, on connection: isolated Connection) throws {
        // Nobody is asked for a replay but by whoever has it done.
        guard planned.kind != .replay else { throw Problem.replayPlan }
        guard planned.state == .finished else { throw Problem.planNotMade }
        let isDone = [.succeeded, .partial, .held].contains(planned.outcome)
        guard planned.isDryRun && isDone || planned.endCause == .planDiffers else { throw Problem.noPlan }
        let hours = runs.ledger.announcements.planHours
        let age =
            try Timestamp.ofDatabase(on: connection).millisecondsSince1970
            - planned.requestedAt.millisecondsSince1970
        guard age <= Int64(hours) * 3_600_000 else { throw Problem.planExpired(after: hours) }
        let carriedOut = try connection.run(
            """
            select from registry.runs
            where plan_run = \(planned.id) and outcome in ('succeeded', 'partial', 'held')
            """
        )
        guard carriedOut.isEmpty else { throw Problem.planCarriedOut }
    }
}

extension Problem {
    /// 409: what the run would do is not known yet.
    static let planNotMade = Problem.conflict(
        "run-not-finished",
        "The run is not over yet; what it plans is known at its end.",
        fix: "Wait until its state is \"finished\"."
    )

    /// 409: there is nothing to be carried out.
    static let noPlan = Problem.conflict(
        "no-plan",
        "The run has left no plan: it was no dry run, or did not do its work.",
        fix: "Start the same run with \"dryRun\": true, and carry out what that one plans."
    )

    /// 409: it is told again from the topics, and not by what somebody reads of WeCom.
    static let replayPlan = Problem.conflict(
        "replay-plan",
        "The plan of a replay is there to be looked at, and cannot be carried out.",
        fix: "Start the replay without \"dryRun\"."
    )

    /// 409: too much may have changed since.
    static func planExpired(after hours: Int) -> Problem {
        .conflict(
            "plan-expired",
            "The plan is expired: it could be carried out for \(hours) hours.",
            fix: "Start the dry run again, and carry out what that one plans."
        )
    }

    /// 409: it would not do the same twice.
    static let planCarriedOut = Problem.conflict(
        "plan-carried-out",
        "The plan has been carried out already.",
        fix: "Start the dry run again to see what is left to do."
    )
}
