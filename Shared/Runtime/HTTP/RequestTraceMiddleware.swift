import HTTPTypes
public import Hummingbird
import Traces

/// Makes each request a span of the caller's trace, or the beginning of one.
///
/// Its address is told as the route alone: what stands in a path or query may be a secret.
public struct RequestTraceMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Traces whatever is inside of it.
    public init() {}

    /// Answers the request.
    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let caller = HTTPField.Name("traceparent").flatMap { request.headers[$0] }.flatMap(TraceContext.init(_:))
        return try await TraceSpan.during("request", kind: .server, of: caller) { span in
            defer {
                span.rename("\(request.method.rawValue) \(context.endpointPath ?? "")")
                span.set("http.route", .text(context.endpointPath ?? "none"))
            }
            let response = try await next(request, context)
            span.set("http.response.status_code", .number(response.status.code))
            if response.status.code >= 500 { span.fail("\(response.status.code)") }
            return response
        }
    }
}
