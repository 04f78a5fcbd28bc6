import Hummingbird
import Runtime

/// Refuses parameters that nothing in the directory is like: PostgreSQL has no text with a zero in it.
struct StorableParameters: RouterMiddleware {
    typealias Context = DirectoryContext

    func handle(
        _ request: Request,
        context: DirectoryContext,
        next: @concurrent (Request, DirectoryContext) async throws -> Response
    ) async throws -> Response {
        let mistakes = request.query.all.filter { $0.value.utf8.contains(0) }
            .map { FieldError($0.name, "Leave the zero byte out.") }
        guard mistakes.isEmpty else { throw Problem.invalid(mistakes) }
        return try await next(request, context)
    }
}
