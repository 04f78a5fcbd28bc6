public import Hummingbird
import Logging
import Metrics

/// Logs one line a request at debug, without its query, and counts and times requests.
public struct RequestLogMiddleware<Context: RequestContext>: RouterMiddleware {
    private let timers = RequestTimers()

    /// Logs and counts whatever is inside of it.
    public init() {}

    /// Answers the request.
    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        do {
            let response = try await next(request, context)
            note(request, context, response.status, since: start)
            return response
        } catch {
            let status = (error as? any HTTPResponseError)?.status ?? .internalServerError
            note(request, context, status, since: start)
            throw error
        }
    }

    private func note(
        _ request: Request,
        _ context: Context,
        _ status: HTTPResponse.Status,
        since start: ContinuousClock.Instant
    ) {
        let duration = ContinuousClock.now - start
        timers.timer(request.method, context.endpointPath ?? "none", status).record(duration: duration)
        context.logger.debug(
            "answered",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(status.code)",
                "milliseconds": "\(duration / .milliseconds(1))",
            ]
        )
    }
}
