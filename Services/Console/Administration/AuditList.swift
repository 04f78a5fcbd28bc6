import Runtime
import Web

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
