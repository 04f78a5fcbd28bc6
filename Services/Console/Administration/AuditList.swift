import Runtime
import Web

/// Entries of the audit.
struct AuditList: Sendable {
    struct Row: Sendable {
        let at: Moment
        let who: String
        /// What kind of actor it was, where the name does not say so.
        let actorKind: String?
        let deed: String
        let code: String
        let kind: String
        let name: String?
        let link: String?
        let objectID: String
        /// The entries about the same object.
        let about: String
        let details: String
    }

    /// The actions of one kind, to choose from.
    struct ActionGroup: Sendable {
        let title: String
        let actions: [Choice]
    }

    let rows: [Row]
    let actors: [Choice]
    let actions: [ActionGroup]
    let isAnyAction: Bool
    let object: String?
    let from: String?
    let to: String?
    let csv: String
    let jsonLines: String
    let next: String?

    private static let actorKinds = ["key", "bootstrap", "person", "wecom", "system"]
    /// Kinds of objects that have a page whether or not they are there still.
    private static let pages = ["tenant": "/tenants/", "idp": "/idps/", "run": "/runs/", "client": "/clients/"]

    init(_ page: Listed<AuditEntry>, _ names: AuditNames, _ visit: Visit) {
        let (query, texts) = (visit.query, visit.texts)
        rows = page.items.map { Self.row($0, names, visit) }
        let (actor, action) = (query["actor"], query["action"])
        actors = Self.actors(chosen: actor, texts)
        actions = Self.actions(chosen: action, texts)
        isAnyAction = action == nil
        object = query["object"]
        (from, to) = (query["from"], query["to"])
        let filter: [(name: String, value: String?)] = [
            ("actor", actor), ("action", action), ("object", object), ("from", from), ("to", to),
        ]
        csv = PercentEncoding.url("/audit/export?format=csv", filter)
        jsonLines = PercentEncoding.url("/audit/export?format=jsonl", filter)
        next = visit.next(page.nextCursor)
    }

    private static func row(_ entry: AuditEntry, _ names: AuditNames, _ visit: Visit) -> Row {
        let texts = visit.texts
        let (who, actorKind) = (texts.name(of: entry.actor), texts["audit.actor_\(entry.actor.kind)"])
        let (kind, id) = (entry.object.kind, entry.object.id)
        // Runs and clients are kept; of the others a link leads somewhere only while they are there.
        let hasPage = ["run", "client"].contains(kind) || names.isThere(id)
        return Row(
            at: Moment(entry.at, visit),
            who: who,
            actorKind: who == actorKind ? nil : actorKind,
            deed: texts.find("deed.\(entry.action)") ?? entry.action,
            code: entry.action,
            kind: texts.find("object.\(kind)") ?? kind,
            name: names[id].map(texts.keyName),
            link: hasPage ? pages[kind].map { $0 + id } : nil,
            objectID: id,
            about: PercentEncoding.url("/audit", [("object", id)]),
            details: entry.details.indented
        )
    }

    /// Kinds of actors; one key or person, where a link asked for it, besides.
    private static func actors(chosen: String?, _ texts: Texts) -> [Choice] {
        let kinds = actorKinds.map {
            Choice(value: $0, label: texts["audit.actor_\($0)"], isChosen: $0 == chosen)
        }
        guard let chosen, !actorKinds.contains(chosen) else { return kinds }
        return kinds + [Choice(value: chosen, label: chosen, isChosen: true)]
    }

    /// The actions that there are texts for, by kind, each kind also as a whole; and whatever else was asked for.
    private static func actions(chosen: String?, _ texts: Texts) -> [ActionGroup] {
        let known = (texts.groups["deed"] ?? [:]).keys.sorted()
        let groups = Dictionary(grouping: known) { String($0.prefix { $0 != "." }) }
        var choices = groups.sorted { $0.key < $1.key }.map { kind, names in
            let title = texts.find("object.\(kind)") ?? kind
            let all = Choice(
                value: "\(kind).*",
                label: texts["audit.allOf", ["kind": title]],
                isChosen: chosen == "\(kind).*"
            )
            let each = names.map { Choice(value: $0, label: texts["deed.\($0)"], isChosen: $0 == chosen) }
            return ActionGroup(title: title, actions: (names.count > 1 ? [all] : []) + each)
        }
        if let chosen, !choices.contains(where: { $0.actions.contains(where: \.isChosen) }) {
            choices.append(ActionGroup(title: chosen, actions: [Choice(value: chosen, label: chosen, isChosen: true)]))
        }
        return choices
    }
}
