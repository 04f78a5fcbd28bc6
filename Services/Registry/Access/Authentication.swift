import HTTPTypes
import Hummingbird
import Runtime

/// Finds out whose API key or token a request carries; without one that is good it is answered with 401.
///
/// Nobody is told whether a key was good once. Attempts with keys that were, and those that a role does not reach, are
/// noted for the audit.
struct Authentication: RouterMiddleware {
    let callers: CallerRecognition
    let journal: KeyJournal

    func handle(
        _ request: Request,
        context: RegistryContext,
        next: @concurrent (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        guard let secret = request.bearerToken, let known = try await callers.known(secret) else {
            throw Problem.unauthorized
        }
        let caller = known.caller
        let attempt = "\(request.method.rawValue) \(context.endpointPath ?? "?")"
        guard known.standing == .valid else {
            journal.refused(caller, .key(known.standing), attempt)
            throw Problem.unauthorized
        }
        journal.used(caller)
        do {
            return try await next(request, context.asked(by: caller))
        } catch let problem as Problem where problem.status == .forbidden {
            journal.refused(caller, .forbidden, attempt)
            throw problem
        }
    }
}
