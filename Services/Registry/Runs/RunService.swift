import FoundationEssentials
import Hummingbird
import Messages
import Postgres
import Runtime

/// What administrators do with runs.
struct RunService: Sendable {
    let runs: RunStore

    /// A run that was asked for, and whether the same request was made before.
    struct Answer: Sendable {
        var run: Run
        var isRepeated: Bool
    }

    /// Starts a run, or lets it wait for the active one.
    ///
    /// - Parameters:
    ///   - form: What is synchronised, and how.
    ///   - key: The request's `Idempotency-Key`: the same key gets the same run.
    /// - Throws: ``Problem`` 409 when the identity provider is closed or not connected, or the key was used otherwise.
    func start(
        _ form: RunForm,
        of id: IdentityProviderID,
        key: String?,
        by caller: Caller
    ) async throws -> Answer {
        let answer = try await runs.ledger.change { database in
            guard let provider = try IdentityProviderStore.lock(id, on: database) else {
                throw Problem.noIdentityProvider
            }
            let request = RunRequest(form)
            if let key, let run = try RunRequests.earlier(key, request, of: id, on: database) {
                return Answer(run: run, isRepeated: true)
            }
            let wanted = form.work ?? provider.usualRun
            let run = try runs.start(
                asked: wanted,
                isDryRun: form.isDryRun,
                of: provider,
                because: .manual,
                on: database
            )
            if let key { try RunRequests.remember(key, request, run, on: database) }
            let entry = AuditEntry("run.requested", "run", run.id.uuid, of: run.tenant, by: caller.actor)
            var details: [String: JSON] = ["idp": .string(id.description), "kind": .string(wanted.kind.rawValue)]
            if form.isDryRun { details["dryRun"] = .boolean(true) }
            details["target"] = try wanted.target.map { try JSON(of: $0) }
            try entry.with(details).append(on: database)
            return Answer(run: run, isRepeated: false)
        }
        if !answer.isRepeated { RunMetrics.started(.manual) }
        return answer
    }

    /// Asks that a run be ended. Throws 409 when it is over, or deletes.
    func cancel(_ seen: Run, by caller: Caller) async throws -> Run {
        try await runs.ledger.change { database in
            _ = try IdentityProviderStore.lock(seen.idpID, evenDeleted: true, on: database)
            let unfinished = try RunStore.unfinished(of: seen.idpID, on: database)
            guard let run = unfinished.first(where: { $0.id == seen.id }) else { throw Problem.runIsOver }
            guard run.kind != .delete else { throw Problem.deletionGoesOn }
            let reason = "Cancelled by \(caller.actor.name)."
            if run.isUntold {
                let end = RunEnd(run: run.id, idpID: run.idpID, outcome: .cancelled, reasons: [reason])
                try runs.finish(end, on: database)
            } else {
                try runs.cancel(run, because: reason, on: database)
            }
            let entry = AuditEntry("run.cancelled", "run", run.id.uuid, of: run.tenant, by: caller.actor)
            try entry.append(on: database)
        }
        return try await runs.find(seen.id, for: caller)
    }
}

extension Problem {
    /// 409: there is nothing left to cancel.
    static let runIsOver = Problem.conflict("run-finished", "The run is over; there is nothing to cancel.")

    /// 409: nobody takes a deletion back.
    static let deletionGoesOn = Problem.conflict(
        "deletion-goes-on",
        "The identity provider is deleted; the run that shuts its people out cannot be cancelled."
    )
}
