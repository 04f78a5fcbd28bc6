import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// What was told again, of all tenants, for operators of all tenants, whom the registry tells from others; and telling more again,
/// for owners of all tenants.
struct ReplayPages: Sendable {
    private struct Content: Sendable {
        struct Row: Sendable {
            let tenantName: String
            let tenantPath: String
            let idpName: String
            let idpPath: String
            let run: RunRow
        }

        let rows: [Row]
        let audit: String
        let mayBegin: Bool
        let next: String?
    }

    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/operations/replays", desk) { visit in try await list(visit) }
        router.page("/operations/replays/new", desk) { visit in try await form(visit) }
        router.action("/operations/replays", desk) { visit in
            try await visit.attempt({ try await begin(visit) }, otherwise: { try await form($0) })
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let page = try await visit.registry.get(
            "/api/v1/operations/replays",
            [("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<Replay>.self
        )
        let rows = page.items.map { replay in
            Content.Row(
                tenantName: replay.tenantName,
                tenantPath: "/tenants/\(replay.tenantID)",
                idpName: replay.idpName,
                idpPath: "/idps/\(replay.run.idpID)",
                run: RunRow(replay.run, visit)
            )
        }
        let content = Content(
            rows: rows,
            audit: "/audit?action=replay.started",
            mayBegin: visit.context.session?.mayEverywhere(.owner) ?? false,
            next: visit.next(page.nextCursor)
        )
        return try visit.page(
            "replays",
            title: visit.texts["nav.replays"],
            at: Visit.Place(entry: .replays),
            content
        )
    }

    private func form(_ visit: Visit) async throws -> Response {
        try await visit.requireOwnerOfAll()
        let registry = try visit.registry
        let tenants = try await registry.get("/api/v1/tenants", [("limit", "200")], as: Listed<Tenant>.self).items
        var providers: [IdentityProvider] = []
        let chosen = visit.typed("tenant")?.lowercased()
        if let tenant = tenants.first(where: { $0.id == chosen }) {
            providers = try await registry.get(
                "/api/v1/tenants/\(tenant.id)/idps",
                [("limit", "200")],
                as: Listed<IdentityProvider>.self
            ).items
        }
        var tried: [Run] = []
        for id in ReplayForm.tried(visit) {
            let run = try await registry.get("/api/v1/runs/\(id)", as: Run.self)
            tried.append(run)
        }
        return try visit.page(
            "replaynew",
            title: visit.texts["operations.replayNew"],
            at: Visit.Place(entry: .replays),
            refreshes: tried.contains { $0.state != .finished } ? 5 : nil,
            ReplayForm(tenants, providers, tried, visit)
        )
    }

    private func begin(_ visit: Visit) async throws -> Response {
        let isDryRun = visit.form["dry"] != nil
        var terms = visit.onceTerms
        terms.patience = ServiceAPI.brokerPatience
        let begun = try await visit.registry.send(
            .POST,
            "/api/v1/operations/replays",
            .object(Self.body(visit, isDryRun: isDryRun)),
            terms: terms,
            as: Listed<Run>.self
        )
        guard isDryRun else { return visit.redirect(to: "/operations/replays", done: "replayBegun") }
        var query: [(name: String, value: String?)] = ReplayForm.fields.map { (name: $0, value: visit.typed($0)) }
        query.append((name: "tried", value: begun.items.map(\.id).joined(separator: ",")))
        query.append((name: "done", value: "replayTried"))
        return .redirect(to: PercentEncoding.url("/operations/replays/new", query), type: .normal)
    }

    /// What the registry is asked for; what is no number goes there as it was typed, and is refused with its place.
    private static func body(_ visit: Visit, isDryRun: Bool) -> [String: JSON] {
        var body: [String: JSON] = ["why": .string(visit.form["why"] ?? ""), "dryRun": .boolean(isDryRun)]
        if let provider = visit.typed("idp") {
            body["idpID"] = .string(provider)
        } else {
            body["tenantID"] = .string(visit.typed("tenant") ?? "")
        }
        body["topic"] = visit.typed("topic").map { .string($0) }
        body["runID"] = visit.typed("run").map { .string($0) }
        body["user"] = visit.typed("user").map { .string($0) }
        for name in ["department", "rate"] {
            body[name] = visit.typed(name).map { text in Int64(text).map(JSON.integer) ?? .string(text) }
        }
        // A browser gives the time of day without its zone, which the field says is UTC.
        for name in ["from", "to"] {
            body[name] = visit.typed(name).map { .string($0.count == 16 ? $0 + ":00Z" : $0 + "Z") }
        }
        return body
    }
}
