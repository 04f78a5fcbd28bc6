import Hummingbird
import Runtime

/// `operations/replays`: what was told again, of all tenants. For operators of all tenants.
struct ReplayRoutes: Sendable {
    let replays: ReplayList

    /// Adds the route.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("operations/replays") { request, context in
            try context.caller.requireEverywhere(.operator)
            return try Response.json(try await replays.list(try Page(request)))
        }
    }
}
