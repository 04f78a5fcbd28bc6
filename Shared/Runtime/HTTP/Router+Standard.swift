public import Hummingbird

/// A router that logs and counts its requests and answers every error, also of an unknown path,
/// with problem details.
///
/// - Parameters:
///   - context: What handlers get with each request.
///   - translate: What the service's own errors mean to a caller; `nil` where it does not know.
public func makeRouter<Context: RequestContext>(
    context: Context.Type = BasicRequestContext.self,
    translate: @escaping @Sendable (any Error) -> Problem? = { _ in nil }
) -> Router<Context> {
    let router = Router(context: context, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestTraceMiddleware())
    router.add(middleware: RequestLogMiddleware())
    router.add(middleware: ProblemMiddleware(translate))
    return router
}
