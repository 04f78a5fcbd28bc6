import Hummingbird
import Pipeline
import Runtime

/// `operations/dead-letters`: what no service could handle, as `bridgectl dead` has it. Operators of all tenants read it,
/// owners of all tenants settle it.
struct DeadLetterRoutes: Sendable {
    private struct Items<Item: Encodable & Sendable>: Encodable, Sendable {
        let items: [Item]
    }

    /// How many bars a histogram has at most.
    private static let mostCounts = 200

    let desk: DeadLetterDesk

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("operations/dead-letters") { request, context in
            try context.caller.requireEverywhere(.operator)
            let page = try Page(request)
            return try Response.json(try await list(page, Self.selection(request)))
        }
        group.get("operations/dead-letters/histogram") { request, context in
            try context.caller.requireEverywhere(.operator)
            let aspect = try Self.aspect(request)
            let items = try await desk.items(Self.selection(request))
            let counts = SetAsideCount.all(of: items, by: aspect).prefix(Self.mostCounts)
            return try Response.json(Items(items: counts.map(DeadLetterCount.init)))
        }
        group.get("operations/dead-letters/records") { request, context in
            try context.caller.requireEverywhere(.operator)
            guard let id = Self.text("id", of: request) else {
                throw Problem.invalid([FieldError("id", "This field is missing.")])
            }
            let record = try await desk.record(id)
            return try Response.json(Items(items: [record].compactMap(\.self)))
        }
        add(.redriven, at: "redrive", to: group)
        add(.discarded, at: "discard", to: group)
    }

    private func add(_ fate: Settlement.Fate, at verb: String, to group: RouterGroup<RegistryContext>) {
        group.post("operations/dead-letters/\(verb)") { request, context in
            let caller = try context.caller
            try caller.requireEverywhere(.owner)
            let rule = SettlingWish.rule(canForce: fate == .redriven)
            let wish = try await request.form(rule, context: context)
            return try Response.json(try await desk.settle(wish, as: fate, by: caller))
        }
    }

    private func list(_ page: Page, _ selection: SetAsideSelection) async throws -> Listing<DeadLetterItem> {
        var items = try await desk.items(selection).map { DeadLetterItem(item: $0) }
        if let cursor = page.after {
            guard let place = DeadLetterItem.Place(cursor) else {
                throw Problem.invalid([
                    FieldError("cursor", "This cursor is another list's. Leave it out to begin anew.")
                ])
            }
            items.removeAll { $0.place <= place }
        }
        return Listing(Array(items.prefix(page.rows)), of: page) { $0.place.description }
    }

    private static func selection(_ request: Request) -> SetAsideSelection {
        var selection = SetAsideSelection()
        selection.code = text("reason", of: request)
        selection.place = text("place", of: request)
        selection.tenant = text("tenant", of: request)
        selection.identityProvider = text("idp", of: request)
        return selection
    }

    private static func text(_ name: String, of request: Request) -> String? {
        request.query[name]
    }

    private static func aspect(_ request: Request) throws -> SetAsideAspect {
        guard let text = text("by", of: request) else { return .reason }
        guard let aspect = SetAsideAspect(rawValue: text) else {
            let words = SetAsideAspect.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.invalid([FieldError("by", "Give one of \(words).")])
        }
        return aspect
    }
}
