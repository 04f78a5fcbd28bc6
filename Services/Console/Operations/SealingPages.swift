import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// By which keys secrets rest sealed, and having all of them sealed by another one, as `bridgectl keys rotate` does: both services
/// that keep secrets are asked. For owners of all tenants.
struct SealingPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/operations/sealing", desk) { visit in try await show(visit) }
        router.action("/operations/sealing/rotate", desk) { visit in
            try await visit.attempt({ try await rotate(visit) }, otherwise: { try await show($0) })
        }
    }

    private func show(_ visit: Visit) async throws -> Response {
        try await visit.requireOwnerOfAll()
        let registry = try await visit.registry.get("/api/v1/sealing", as: SealingState.self)
        let verifier = try await desk.verifier.get("/api/v1/sealing", as: SealingState.self)
        let isUnderWay = [registry, verifier].contains { $0.rotation != nil && $0.rotation?.doneAt == nil }
        return try visit.page(
            "sealing",
            title: visit.texts["nav.sealing"],
            at: Visit.Place(entry: .sealing),
            refreshes: isUnderWay ? 5 : nil,
            SealingView(registry, verifier, visit)
        )
    }

    private func rotate(_ visit: Visit) async throws -> Response {
        try await visit.requireOwnerOfAll()
        let body: JSON = .object(["keyID": .string(visit.form["keyID"] ?? "")])
        try await visit.registry.send(.POST, "/api/v1/sealing/rotation", body)
        try await desk.verifier.send(.POST, "/api/v1/sealing/rotation", body)
        return visit.redirect(to: "/operations/sealing", done: "resealing")
    }
}
