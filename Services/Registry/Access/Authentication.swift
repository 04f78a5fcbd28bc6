import Hummingbird
import Runtime

/// Finds out whose API key a request carries; without one that is known it is answered with 401.
struct Authentication: RouterMiddleware {
    let keys: APIKeyStore

    func handle(
        _ request: Request,
        context: RegistryContext,
        next: @concurrent (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        guard let key = request.bearerToken, let caller = try await keys.caller(of: key) else {
            throw Problem.unauthorized
        }
        return try await next(request, context.asked(by: caller))
    }
}
