import Messages
import Postgres
import Runtime

/// What somebody decides about what a run holds, or has done (architecture.md §3.6).
enum Decision: String, Sendable {
    /// Whoever is still gone, goes.
    case approve
    /// Everybody stays, and is not asked for again while nothing changes.
    case reject
    /// What the run did is taken back, but for what later ones changed too: whom it removed are there again, with the same
    /// ids, and stay while nothing changes.
    case undo

    /// What carries it out.
    func work(on selection: HeldSelection) -> RunWork {
        switch self {
        case .approve: .apply(selection)
        case .reject: .reject(selection)
        case .undo: .undo(selection)
        }
    }

    /// What the audit calls it.
    var action: String {
        switch self {
        case .approve: "run.approved"
        case .reject: "run.rejected"
        case .undo: "run.undone"
        }
    }
}

extension RunService {
    /// Starts a run that carries a decision out.
    ///
    /// It decides about what was held up to the run that was looked at: what came later, nobody has seen.
    ///
    /// - Parameters:
    ///   - held: The run that was looked at.
    ///   - form: About which ones, and how.
    ///   - key: The request's `Idempotency-Key`: the same key gets the same run.
    /// - Throws: ``Problem`` 409 when the run is not over or holds nothing, or is to be undone and was another corp's, or
    ///   its identity provider is deleted, closed or not connected.
    func decide(
        _ decision: Decision,
        about held: Run,
        _ form: DecisionForm,
        key: String?,
        by caller: Caller
    ) async throws -> Answer {
        let work = decision.work(
            on: HeldSelection(upTo: held.epoch, objects: form.objects, reused: form.reused)
        )
        let answer = try await runs.ledger.change { database in
            let row = try IdentityProviderStore.lockedRow(held.idpID, evenDeleted: true, on: database)
            guard let provider = try row.first.map(IdentityProvider.init) else { throw Problem.noIdentityProvider }
            let request = RunRequest(work, isDryRun: form.isDryRun)
            if let key, let run = try RunRequests.earlier(key, request, of: provider.id, on: database) {
                return Answer(run: run, isRepeated: true)
            }
            try require(held, of: provider, for: decision, on: database)
            let run = try runs.start(
                asked: work,
                isDryRun: form.isDryRun,
                of: provider,
                because: .decision,
                on: database
            )
            if let key { try RunRequests.remember(key, request, run, on: database) }
            let action = form.isDryRun ? "run.requested" : decision.action
            let entry = AuditEntry(action, "run", held.id.uuid, of: held.tenant, by: caller.actor)
            var details: [String: JSON] = [
                "idp": .string(held.idpID.description), "run": .string(run.id.description),
                "objects": try form.objects.map { try JSON(of: $0) } ?? .string("all"),
            ]
            if form.isDryRun { details["dryRun"] = .boolean(true) }
            if let reused = form.reused { details["reused"] = .string(reused.rawValue) }
            try entry.with(details).append(on: database)
            return Answer(run: run, isRepeated: false)
        }
        if !answer.isRepeated { RunMetrics.started(.decision) }
        return answer
    }

    private func require(
        _ run: Run,
        of provider: IdentityProvider,
        for decision: Decision,
        on connection: isolated Connection
    ) throws {
        if provider.configuration.status == .deleted { throw Problem.nothingToDecide }
        guard run.state == .finished else { throw Problem.runGoesOn }
        guard !run.isDryRun else { throw Problem.wroteNothing }
        if decision == .undo {
            let changed = run.counts.users.changed + run.counts.departments.changed
            guard changed > 0, run.kind != .delete else { throw Problem.changedNothing }
            let generation = provider.configuration.generation
            let past = try connection.run(
                "select from registry.runs where id = \(run.id) and generation <> \(generation)"
            )
            guard past.isEmpty else { throw Problem.changedOtherCorp }
        } else {
            guard run.outcome == .held else { throw Problem.holdsNothing }
        }
    }
}

extension RunCounts.Objects {
    /// How many are not as they were before the run.
    fileprivate var changed: Int { created + updated + removed }
}

extension Problem {
    /// 409: what the run holds is not known yet.
    static let runGoesOn = Problem.conflict(
        "run-not-finished",
        "The run is not over yet; what it holds is known at its end.",
        fix: "Wait until its state is \"finished\"."
    )

    /// 409: there is nothing to decide about.
    static let holdsNothing = Problem.conflict(
        "nothing-held",
        "The run holds nothing: its outcome is not \"held\".",
        fix: "Decide about the identity provider's newest run whose outcome is \"held\"."
    )

    /// 409: a dry run leaves nothing behind.
    static let wroteNothing = Problem.conflict(
        "dry-run",
        "The run was a dry run: it has changed nothing and holds nothing.",
        fix: "Start the same run without \"dryRun\", and decide about what that one holds."
    )

    /// 409: there is nothing to be taken back.
    static let changedNothing = Problem.conflict(
        "nothing-changed",
        "The run changed nothing: there is nothing to undo.",
        fix: "Undo the run whose counts say that it created, updated or removed somebody."
    )

    /// 409: numbers of departments say nothing across corps, and ids of people neither.
    static let changedOtherCorp = Problem.conflict(
        "other-corp",
        "Another corp has come behind the identity provider since the run: what it changed is not of this one.",
        fix: "Undo a run that was asked for since the corp is connected."
    )

    /// 409: a deletion has overtaken all of it.
    static let nothingToDecide = Problem.conflict(
        "idp-deleted",
        "The identity provider is deleted, and everybody of it is shut out; nothing is left to decide."
    )

    /// 409: more decisions wait than anybody makes.
    static let tooManyDecisions = Problem.conflict(
        "too-many-decisions",
        "\(RunStore.mostWaitingDecisions) decisions wait to be carried out already.",
        fix: "Wait until some of them are, or decide about several objects at once."
    )
}
