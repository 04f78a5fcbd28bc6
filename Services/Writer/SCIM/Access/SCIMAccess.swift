import Hummingbird
import Runtime

/// Lets in holders of a key of one tenant's, whose people and departments they see: one of `DIRECTORY_API_KEYS`, or of the
/// registry's.
struct SCIMAccess: RouterMiddleware {
    typealias Context = DirectoryContext
    let readers: DirectoryReaders
    /// nil where the registry is not asked.
    let registry: RegistryKeys?

    func handle(
        _ request: Request,
        context: DirectoryContext,
        next: @concurrent (Request, DirectoryContext) async throws -> Response
    ) async throws -> Response {
        guard let access = try await access(of: request) else {
            throw Problem(
                .unauthorized,
                "unauthorized",
                detail: "The directory is shown to holders of a tenant's key only.",
                fix: "Send Authorization: Bearer with one of the tenant's keys."
            )
        }
        guard case .tenant = access else {
            throw Problem(
                .forbidden,
                "forbidden",
                detail: "SCIM shows one tenant, and this key is for all tenants.",
                fix: "Use a key of the tenant's."
            )
        }
        var context = context
        context.access = access
        return try await next(request, context)
    }

    private func access(of request: Request) async throws -> DirectoryReaders.Access? {
        guard let key = request.bearerToken else { return nil }
        if let access = readers.access(for: key) { return access }
        return try await registry?.access(for: key)
    }
}
