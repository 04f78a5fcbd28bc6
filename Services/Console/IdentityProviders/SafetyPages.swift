import Hummingbird
import NIOHTTP1
import Runtime
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
        let id = try visit.id("idp")
        try await visit.registry.send(
            .PATCH,
            "/api/v1/idps/\(id)",
            .object(SafetyForm.body(of: visit.form)),
            terms: visit.changeTerms
        )
        return visit.redirect(to: "/idps/\(id)/safety", done: "saved")
    }
}
