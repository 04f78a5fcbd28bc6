import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// The keys that sign tokens, and having the next one made. For owners of all tenants, as all tenants' tokens depend on it.
struct SigningKeyPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/signing-keys", desk) { visit in try await show(visit) }
        router.action("/signing-keys/rotate", desk) { visit in try await rotate(visit) }
    }

    private func show(_ visit: Visit) async throws -> Response {
        try await visit.requireOwnerOfAll()
        let keys = try await desk.verifier.get("/api/v1/keys", as: Listed<SigningKey>.self)
        return try visit.page(
            "signingkeys",
            title: visit.texts["nav.signingKeys"],
            at: Visit.Place(entry: .signingKeys),
            SigningKeyList(keys.items, visit)
        )
    }

    private func rotate(_ visit: Visit) async throws -> Response {
        try await visit.requireOwnerOfAll()
        try await desk.verifier.send(.POST, "/api/v1/keys")
        return visit.redirect(to: "/signing-keys", done: "keyMade")
    }
}
