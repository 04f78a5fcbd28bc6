import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// What was changed in an identity provider's settings, by whom, and going back to an earlier state.
struct RevisionPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/revisions", desk) { visit in try await list(visit) }
        router.page("/idps/{idp}/revisions/{revision}", desk) { visit in try await show(visit) }
        router.action("/idps/{idp}/revisions/{revision}/restore", desk) { visit in
            try await visit.attempt({ try await restore(visit) }, otherwise: { try await show($0) })
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.revisions)
        guard let provider = place.provider else { throw PageError.notFound }
        let page = try await visit.registry.get(
            "/api/v1/idps/\(provider.id)/revisions",
            [("limit", "30"), ("cursor", visit.query["cursor"])],
            as: Listed<Revision>.self
        )
        return try visit.page(
            "revisions",
            title: visit.texts["nav.revisions"],
            at: place,
            RevisionList(provider, page, visit)
        )
    }

    /// What differs between a state and the present one.
    private func show(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.revisions)
        guard let provider = place.provider else { throw PageError.notFound }
        let number = try number(visit)
        let difference = try await visit.registry.get(
            "/api/v1/idps/\(provider.id)/revisions/\(provider.revision)/difference/\(number)",
            as: RevisionDifference.self
        )
        return try visit.page(
            "revision",
            title: visit.texts["revision.title", ["number": "\(number)"]],
            at: place,
            RevisionView(provider, number, difference, visit)
        )
    }

    private func restore(_ visit: Visit) async throws -> Response {
        let id = try visit.id("idp")
        let body: [String: JSON] = visit.form["close"] == nil ? [:] : ["confirmClosing": .boolean(true)]
        try await visit.registry.send(
            .POST,
            "/api/v1/idps/\(id)/revisions/\(try number(visit))/restore",
            .object(body),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/idps/\(id)/revisions", done: "restored")
    }

    private func number(_ visit: Visit) throws -> Int {
        guard let number = visit.context.parameters.get("revision").flatMap({ Int($0) }) else {
            throw PageError.notFound
        }
        return number
    }
}
