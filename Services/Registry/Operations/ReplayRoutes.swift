import Hummingbird
import Runtime

/// `operations/replays`: what was told again, of all tenants, which operators of all tenants see; and telling more again,
/// which owners of all tenants do.
struct ReplayRoutes: Sendable {
    private struct Begun: Encodable, Sendable {
        let items: [Run]
    }

    let replays: ReplayList
    let desk: ReplayDesk

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("operations/replays") { request, context in
            try context.caller.requireEverywhere(.operator)
            return try Response.json(try await replays.list(try Page(request)))
        }
        group.post("operations/replays") { request, context in
            let caller = try context.caller
            try caller.requireEverywhere(.owner)
            let wish = try await request.form(ReplayWish.rule, context: context)
            let begun = try await desk.begin(wish, as: context.identityOfRequest, by: caller)
            return try Response.json(Begun(items: begun), .accepted)
        }
    }
}
