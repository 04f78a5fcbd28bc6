import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// Dead letters: how many for which reason, each of them, and what is done about them. Operators of all tenants see them,
/// owners of all tenants settle them; the registry tells who is one.
struct DeadLetterPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/operations/dead-letters", desk) { visit in try await list(visit) }
        router.page("/operations/dead-letters/letter", desk) { visit in try await letter(visit) }
        for verb in ["redrive", "discard"] {
            router.action(RouterPath("/operations/dead-letters/\(verb)"), desk) { visit in
                try await visit.attempt({ try await settle(visit, verb) }, otherwise: { try await list($0) })
            }
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let registry = try visit.registry
        let reason = visit.query["reason"] ?? visit.form["reason"]
        async let counts = registry.getPatiently(
            "/api/v1/operations/dead-letters/histogram",
            as: Listed<DeadLetterCount>.self
        )
        async let letters = registry.getPatiently(
            "/api/v1/operations/dead-letters",
            [("reason", reason), ("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<DeadLetter>.self
        )
        return try visit.page(
            "deadletters",
            title: visit.texts["nav.deadLetters"],
            at: Visit.Place(entry: .deadLetters),
            DeadLetterList(try await counts.items, try await letters, reason, visit)
        )
    }

    private func letter(_ visit: Visit) async throws -> Response {
        guard let id = visit.query["id"] else { throw PageError.notFound }
        let found = try await visit.registry.getPatiently(
            "/api/v1/operations/dead-letters/records",
            [("id", id)],
            as: Listed<DeadLetterRecord>.self
        )
        guard let record = found.items.first else { throw PageError.notFound }
        return try visit.page(
            "deadletter",
            title: visit.texts["operations.letter"],
            at: Visit.Place(entry: .deadLetters),
            DeadLetterView(record, visit)
        )
    }

    private func settle(_ visit: Visit, _ verb: String) async throws -> Response {
        var body: [String: JSON] = ["why": .string(visit.form["why"] ?? "")]
        if let id = visit.form["id"] { body["ids"] = .array([.string(id)]) }
        if let reason = visit.form["reason"] { body["reason"] = .string(reason) }
        let outcome = try await visit.registry.send(
            .POST,
            "/api/v1/operations/dead-letters/\(verb)",
            .object(body),
            terms: ServiceAPI.Terms(patience: ServiceAPI.brokerPatience),
            as: DeadLetterSettling.self
        )
        guard outcome.settled > 0 else { throw APIProblem.refused("nothing-settled") }
        return visit.redirect(to: "/operations/dead-letters", done: outcome.left > 0 ? "deadMore" : "dead_\(verb)")
    }
}
