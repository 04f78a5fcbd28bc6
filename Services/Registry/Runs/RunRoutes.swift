import Hummingbird
import Messages
import Runtime

/// `idps/{idp}/runs`, `runs/{run}` and the decisions about what a run holds.
struct RunRoutes: Sendable {
    let service: RunService
    let providers: IdentityProviderStore

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("idps/{idp}/runs") { request, context in
            let provider = try await providers.find(
                try context.identityProviderID,
                for: try context.caller,
                evenDeleted: true
            )
            return try Response.json(try await service.runs.list(try Page(request), of: provider.id))
        }
        group.post("idps/{idp}/runs") { request, context in
            let caller = try context.caller
            let provider = try await providers.find(try context.identityProviderID, for: caller)
            try caller.require(.operator)
            let form = try await request.optionalForm(RunForm.rule, context: context)
            // Replays are carried out by operators of all tenants: one that nobody may feed would wait for its end.
            if form.work == .replay { try caller.requireEverywhere(.operator) }
            let key = try request.idempotencyKey
            return try respond(try await service.start(form, of: provider.id, key: key, by: caller))
        }
        group.get("runs/{run}") { _, context in
            try Response.json(try await service.runs.find(try context.runID, for: try context.caller))
        }
        group.post("runs/{run}/cancel") { request, context in
            let caller = try context.caller
            let run = try await service.runs.find(try context.runID, for: caller)
            try caller.require(.operator)
            try await request.optionalForm(Form.empty, context: context)
            return try Response.json(try await service.cancel(run, by: caller), .accepted)
        }
        group.post("runs/{run}/apply") { request, context in
            let caller = try context.caller
            let run = try await service.runs.find(try context.runID, for: caller)
            // Whoever may decide may carry out what was planned of a decision.
            try caller.require(run.work.isDecision ? .admin : .operator)
            try await request.optionalForm(Form.empty, context: context)
            let key = try request.idempotencyKey
            return try respond(try await service.carryOut(planOf: run, key: key, by: caller))
        }
        add(.approve, to: group)
        add(.reject, to: group)
        add(.undo, to: group)
    }

    private func add(_ decision: Decision, to group: RouterGroup<RegistryContext>) {
        group.post("runs/{run}/\(decision.rawValue)") { request, context in
            let caller = try context.caller
            let run = try await service.runs.find(try context.runID, for: caller)
            try caller.require(.admin)
            let form = try await request.optionalForm(DecisionForm.rule(decision), context: context)
            let key = try request.idempotencyKey
            return try respond(
                try await service.decide(decision, about: run, form, key: key, by: caller)
            )
        }
    }

    private func respond(_ answer: RunService.Answer) throws -> Response {
        let headers: HTTPFields = [.location: "/api/v1/runs/\(answer.run.id)"]
        return try Response.json(answer.run, answer.isRepeated ? .ok : .accepted, headers: headers)
    }
}

extension RegistryContext {
    /// The path's run. Throws 404 when it is no id.
    var runID: RunID {
        get throws {
            guard let id = parameters.get("run").flatMap({ RunID($0) }) else { throw Problem.noRun }
            return id
        }
    }
}
