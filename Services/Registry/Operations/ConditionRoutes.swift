import Hummingbird
import Runtime

/// `operations/conditions`: what needs somebody, of all tenants. For operators of all tenants.
struct ConditionRoutes: Sendable {
    let conditions: ConditionStore

    /// Adds the route.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("operations/conditions") { request, context in
            try context.caller.requireEverywhere(.operator)
            let kind = try Self.kind(request)
            return try Response.json(try await conditions.list(try Page(request), of: kind))
        }
    }

    private static func kind(_ request: Request) throws -> NotificationKind? {
        guard let text = request.query["kind"] else { return nil }
        guard let kind = NotificationKind(rawValue: text), NotificationKind.choice.contains(kind) else {
            let words = NotificationKind.choice.map(\.rawValue).joined(separator: ", ")
            throw Problem.invalid([FieldError("kind", "Give one of \(words).")])
        }
        return kind
    }
}
