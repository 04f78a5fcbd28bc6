import Hummingbird
import Runtime
import Web

/// The audit: who did what, with filters, and as a file.
struct AuditPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/audit", desk) { visit in try await list(visit) }
        router.page("/audit/export", desk) { visit in try await export(visit) }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let registry = try visit.registry
        let page = try await registry.get(
            "/api/v1/audit",
            Self.filter(visit) + [("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<AuditEntry>.self
        )
        return try visit.page(
            "audit",
            title: visit.texts["nav.audit"],
            at: Visit.Place(entry: .audit),
            AuditList(page, await AuditNames.read(of: page.items, registry), visit)
        )
    }

    private func export(_ visit: Visit) async throws -> Response {
        let format = Download.Format(visit)
        let path = PercentEncoding.url("/api/v1/audit/export", Self.filter(visit) + [("format", format.rawValue)])
        return Download.response(try await visit.registry.open(path), format, named: "audit")
    }

    /// A day stands for the whole of it, in UTC.
    private static func filter(_ visit: Visit) -> [(name: String, value: String?)] {
        let query = visit.query
        return [
            ("actor", query["actor"]), ("action", query["action"]), ("object", query["object"]),
            ("from", query["from"].map { "\($0)T00:00:00Z" }), ("to", query["to"].map { "\($0)T23:59:59Z" }),
        ]
    }
}
