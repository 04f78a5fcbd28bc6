import HTTPTypes
import Hummingbird
import Messages
import Runtime

/// `idps/{idp}/runs` and `runs/{run}`.
struct RunRoutes: Sendable {
    let service: RunService
    let providers: IdentityProviderStore

    /// The body of a new run; it may be empty.
    static var rule: Rule<RunSync.Kind?> {
        Rule<RunSync.Kind?> { json throws(Mistakes) in
            var form = try Form(json)
            let kind = form.optional("kind", Self.kind)
            try form.finish()
            return kind
        }
    }

    private static let kind = Rule<RunSync.Kind> { json throws(Mistakes) in
        switch json {
        case .string("full"): return .full
        case .string("departments"): return .departments
        default: throw Mistakes("Give \"full\" or \"departments\", not \(json.shown).")
        }
    }

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
            let kind = try await request.optionalForm(Self.rule, context: context)
            let key = try request.idempotencyKey
            let answer = try await service.start(kind, of: provider.id, key: key, by: caller)
            let headers: HTTPFields = [.location: "/api/v1/runs/\(answer.run.id)"]
            return try Response.json(answer.run, answer.isRepeated ? .ok : .accepted, headers: headers)
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
    }
}

extension RegistryContext {
    /// The path's run. Throws 404 when it is no id.
    fileprivate var runID: RunID {
        get throws {
            guard let id = parameters.get("run").flatMap({ RunID($0) }) else { throw Problem.noRun }
            return id
        }
    }
}

extension Request {
    /// The header that makes a repeated request the same request; nil when it is not sent.
    ///
    /// Throws 400 unless it is 1 to 200 visible ASCII characters.
    var idempotencyKey: String? {
        get throws {
            guard let name = HTTPField.Name("Idempotency-Key"), let key = headers[name] else { return nil }
            guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Problem.invalid([FieldError("Idempotency-Key", "Give 1 to 200 visible ASCII characters.")])
            }
            return key
        }
    }
}
