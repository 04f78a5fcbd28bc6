import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Lets the pages of registered clients, and no others, call what browsers call from scripts; what everybody may read,
/// from everywhere.
///
/// Nothing there goes by cookies, so that none are let through.
struct CrossOriginMiddleware<Context: RequestContext>: RouterMiddleware {
    let clients: ClientStore

    private static var paths: Set<String> {
        [
            "/oauth2/par", "/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke", "/oauth2/introspect",
            "/oauth2/device-authorization",
        ]
    }

    private static var publicPaths: Set<String> {
        ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth2/jwks"]
    }

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin] else { return try await next(request, context) }
        if Self.publicPaths.contains(request.uri.path), request.method == .options {
            return Self.permission(for: "*", methods: "GET", request)
        }
        guard Self.paths.contains(request.uri.path) else { return try await next(request, context) }
        let isAllowed = try await clients.isOrigin(origin)
        var response: Response
        if request.method == .options {
            response =
                isAllowed
                ? Self.permission(for: origin, methods: "GET, POST", request) : Response(status: .forbidden)
        } else {
            response = try await next(request, context)
            if isAllowed {
                response.headers[.accessControlAllowOrigin] = origin
                response.headers[.accessControlExposeHeaders] = "WWW-Authenticate, Retry-After"
            }
        }
        response.headers[.vary] = "Origin"
        return response
    }

    /// Every header that is asked for may come, such as those that trace requests: none but the endpoint's own counts.
    private static func permission(for origin: String, methods: String, _ request: Request) -> Response {
        var response = Response(status: .noContent)
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlAllowMethods] = methods
        response.headers[.accessControlAllowHeaders] =
            request.headers[.accessControlRequestHeaders] ?? "authorization, content-type"
        response.headers[.accessControlMaxAge] = "600"
        return response
    }
}
