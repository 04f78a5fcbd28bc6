import HTTPTypes
import Hummingbird

/// Keeps browsers and link checkers that only look ahead from logging anybody on or off: nothing happens before a person
/// goes there.
struct LookingAheadMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard BrowserPaths.contains(request.uri.path) else { return try await next(request, context) }
        if request.method == .head {
            let others = BrowserPaths.takesForms(request.uri.path) ? "GET, POST" : "GET"
            return Response(status: .methodNotAllowed, headers: [.allow: others, .cacheControl: "no-store"])
        }
        // Whatever is answered with an error is not kept, and is asked for again when the person goes there.
        let isAhead = Self.purposes.contains { request.headers[$0]?.lowercased().contains("prefetch") == true }
        if isAhead { return Response(status: .serviceUnavailable, headers: [.cacheControl: "no-store"]) }
        return try await next(request, context)
    }

    private static var purposes: [HTTPField.Name] {
        ["Sec-Purpose", "Purpose", "X-Moz"].compactMap { HTTPField.Name($0) }
    }
}
