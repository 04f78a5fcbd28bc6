import Hummingbird
import Runtime
import Sealing

/// Finds out whose API key a request carries; without one that is known it is answered with 401.
struct Authentication: RouterMiddleware {
    let keys: APIKeyStore

    func handle(
        _ request: Request,
        context: RegistryContext,
        next: @concurrent (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        guard let key = Self.bearer(request), let caller = try await keys.caller(of: key) else {
            throw Problem.unauthorized
        }
        return try await next(request, context.asked(by: caller))
    }

    /// The token of `Authorization: Bearer`, whose scheme is spelt in either case (RFC 9110 §11.1).
    private static func bearer(_ request: Request) -> Secret? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= 200 else { return nil }
        return Secret(String(parts[1].trimmingPrefix(while: { $0 == " " })))
    }
}
