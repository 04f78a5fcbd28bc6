import Hummingbird
import NIOHTTP1
import Web

/// How many may lose access before somebody has to agree.
struct SafetyPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/safety", desk) { visit in try await show(visit) }
        router.action("/idps/{idp}/safety", desk) { visit in
            try await visit.attempt({ try await save(visit) }, otherwise: { try await show($0) })
        }
    }

    private func show(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.safety)
        guard let provider = place.provider else { throw PageError.notFound }
        return try visit.page("safety", title: visit.texts["nav.safety"], at: place, SafetyForm(provider, visit))
    }

    private func save(_ visit: Visit) async throws -> Response {
        let provider = try await visit.provider
        try await visit.registry.send(
            .PATCH,
            "/api/v1/idps/\(provider.id)",
            .object(SafetyForm.body(of: visit.form)),
            terms: visit.changeTerms(or: provider.version)
        )
        return visit.redirect(to: "/idps/\(provider.id)/safety", done: "saved")
    }
}
