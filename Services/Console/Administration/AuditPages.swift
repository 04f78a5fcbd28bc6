import AsyncHTTPClient
import Hummingbird
import Runtime
import ServiceLifecycle
import Web

/// The audit: who did what, with filters, and as a file.
struct AuditPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/audit", desk) { visit in try await list(visit) }
        router.page("/audit/export", desk) { visit in try await export(visit) }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let page = try await visit.registry.get(
            "/api/v1/audit",
            Self.filter(visit) + [("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<AuditEntry>.self
        )
        return try visit.page(
            "audit",
            title: visit.texts["nav.audit"],
            at: Visit.Place(entry: .audit),
            AuditList(page, visit)
        )
    }

    private func export(_ visit: Visit) async throws -> Response {
        let format = visit.query["format"] == "jsonl" ? "jsonl" : "csv"
        let path = PercentEncoding.url("/api/v1/audit/export", Self.filter(visit) + [("format", format)])
        let file = try await visit.registry.open(path)
        return Response(
            status: .ok,
            headers: [
                .contentType: format == "csv" ? "text/csv; charset=utf-8" : "application/jsonl",
                .contentDisposition: "attachment; filename=\"audit.\(format)\"", .cacheControl: "no-store",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody { writer in
                for try await part in file.body.cancelOnGracefulShutdown() { try await writer.write(part) }
                try await writer.finish(nil)
            }
        )
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

/// Entries of the audit.
struct AuditList: Sendable {
    struct Row: Sendable {
        let at: Moment
        let who: String
        let actorKind: String
        let deed: String
        let kind: String
        let objectID: String
        let details: String
    }

    let rows: [Row]
    let actor: String?
    let action: String?
    let object: String?
    let from: String?
    let to: String?
    let csv: String
    let jsonLines: String
    let next: String?

    init(_ page: Listed<AuditEntry>, _ visit: Visit) {
        let query = visit.query
        rows = page.items.map { entry in
            Row(
                at: Moment(entry.at, visit),
                who: entry.actor.name,
                actorKind: visit.texts["audit.actor_\(entry.actor.kind)"],
                deed: entry.action,
                kind: entry.object.kind,
                objectID: entry.object.id,
                details: entry.details.indented
            )
        }
        (actor, action, object) = (query["actor"], query["action"], query["object"])
        (from, to) = (query["from"], query["to"])
        let filter: [(name: String, value: String?)] = [
            ("actor", actor), ("action", action), ("object", object), ("from", from), ("to", to),
        ]
        csv = PercentEncoding.url("/audit/export?format=csv", filter)
        jsonLines = PercentEncoding.url("/audit/export?format=jsonl", filter)
        next = visit.next(page.nextCursor)
    }
}
