public import Hummingbird

/// A router that traces, counts and logs its requests, and answers `HEAD` wherever it answers `GET` (RFC 9110 §9.1). What
/// errors become is said by the middleware that is added next.
///
/// - Parameter context: What handlers get with each request.
public func makeRouter<Context: RequestContext>(
    context: Context.Type = BasicRequestContext.self
) -> Router<Context> {
    let router = Router(context: context, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestTraceMiddleware())
    router.add(middleware: RequestLogMiddleware())
    return router
}
