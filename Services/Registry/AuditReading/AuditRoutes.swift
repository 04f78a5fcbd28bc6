import Exports
import Hummingbird
import Runtime

/// `audit`: every change that the caller may know of, and every refused attempt, newest first.
struct AuditRoutes: Sendable {
    let store: AuditStore

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("audit") { request, context in
            let caller = try context.caller
            return try Response.json(try await store.list(try Page(request), try AuditFilter(request), for: caller))
        }
        group.get("audit/export") { request, context in
            let export = AuditExport(
                store: store,
                format: try Self.format(request),
                filter: try AuditFilter(request),
                caller: try context.caller
            )
            return try await export.response()
        }
    }

    private static func format(_ request: Request) throws -> ExportFormat {
        guard let text = request.query["format"] else { return .jsonl }
        guard let format = ExportFormat(rawValue: text) else {
            throw Problem.invalid([FieldError("format", "Give csv or jsonl.")])
        }
        return format
    }
}
