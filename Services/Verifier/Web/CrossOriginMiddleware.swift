import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Lets the pages of registered clients, and no others, call what browsers call from scripts.
///
/// Nothing there goes by cookies, so that none are let through.
struct CrossOriginMiddleware<Context: RequestContext>: RouterMiddleware {
    let clients: ClientStore

    private static var paths: Set<String> { ["/oauth2/par", "/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke"] }

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard Self.paths.contains(request.uri.path), let origin = request.headers[.origin] else {
            return try await next(request, context)
        }
        let isAllowed = try await clients.isOrigin(origin)
        var response: Response
        if request.method == .options {
            response = Response(status: isAllowed ? .noContent : .forbidden)
            if isAllowed {
                response.headers[.accessControlAllowMethods] = "GET, POST"
                response.headers[.accessControlAllowHeaders] = "authorization, content-type"
                response.headers[.accessControlMaxAge] = "600"
            }
        } else {
            response = try await next(request, context)
        }
        if isAllowed { response.headers[.accessControlAllowOrigin] = origin }
        response.headers[.vary] = "Origin"
        return response
    }
}
