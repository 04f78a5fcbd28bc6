import Hummingbird
import Runtime
import Web

/// What was told again, of all tenants. For operators of all tenants, whom the registry tells from others.
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
        let next: String?
    }

    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/operations/replays", desk) { visit in try await list(visit) }
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
        return try visit.page(
            "replays",
            title: visit.texts["nav.replays"],
            at: Visit.Place(entry: .replays),
            Content(rows: rows, audit: "/audit?action=replay.started", next: visit.next(page.nextCursor))
        )
    }
}
