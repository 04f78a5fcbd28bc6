import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// What was changed in an identity provider's settings, by whom, and going back to an earlier state.
struct RevisionPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/revisions", desk) { visit in try await list(visit) }
        router.page("/idps/{idp}/revisions/{revision}", desk) { visit in try await show(visit) }
        router.action("/idps/{idp}/revisions/{revision}/restore", desk) { visit in
            try await visit.attempt({ try await restore(visit) }, otherwise: { try await show($0) })
        }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.revisions)
        guard let provider = place.provider else { throw PageError.notFound }
        let page = try await visit.registry.get(
            "/api/v1/idps/\(provider.id)/revisions",
            [("limit", "30"), ("cursor", visit.query["cursor"])],
            as: Listed<Revision>.self
        )
        return try visit.page(
            "revisions",
            title: visit.texts["nav.revisions"],
            at: place,
            RevisionList(provider, page, visit)
        )
    }

    /// What differs between a state and the present one.
    private func show(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.revisions)
        guard let provider = place.provider else { throw PageError.notFound }
        let number = try number(visit)
        let difference = try await visit.registry.get(
            "/api/v1/idps/\(provider.id)/revisions/\(provider.revision)/difference/\(number)",
            as: RevisionDifference.self
        )
        return try visit.page(
            "revision",
            title: visit.texts["revision.title", ["number": "\(number)"]],
            at: place,
            RevisionView(provider, number, difference, visit)
        )
    }

    private func restore(_ visit: Visit) async throws -> Response {
        let provider = try await visit.provider
        let body: [String: JSON] = visit.form["close"] == nil ? [:] : ["confirmClosing": .boolean(true)]
        try await visit.registry.send(
            .POST,
            "/api/v1/idps/\(provider.id)/revisions/\(try number(visit))/restore",
            .object(body),
            terms: visit.changeTerms(or: provider.version)
        )
        return visit.redirect(to: "/idps/\(provider.id)/revisions", done: "restored")
    }

    private func number(_ visit: Visit) throws -> Int {
        guard let number = visit.context.parameters.get("revision").flatMap({ Int($0) }) else {
            throw PageError.notFound
        }
        return number
    }
}

/// The states of the settings, newest first.
struct RevisionList: Sendable {
    struct Row: Sendable {
        let number: Int
        let link: String
        let at: Moment
        let by: String
        let what: String
        let isCurrent: Bool
    }

    let rows: [Row]
    let next: String?

    init(_ provider: IdentityProvider, _ page: Listed<Revision>, _ visit: Visit) {
        rows = page.items.map { revision in
            Row(
                number: revision.revision,
                link: "/idps/\(provider.id)/revisions/\(revision.revision)",
                at: Moment(revision.changedAt, visit),
                by: revision.changedBy.name,
                what: revision.changes.keys.sorted().map { visit.texts.find("field.\($0)") ?? $0 }
                    .joined(separator: ", "),
                isCurrent: revision.revision == provider.revision
            )
        }
        next = visit.next(page.nextCursor)
    }
}

/// What going back to a state would change.
struct RevisionView: Sendable {
    struct Change: Sendable {
        let label: String
        let now: String
        let then: String
    }

    let base: String
    let version: String
    let number: Int
    let changes: [Change]
    let closes: Bool
    let mayRestore: Bool

    init(_ provider: IdentityProvider, _ number: Int, _ difference: RevisionDifference, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        version = "\(provider.revision)"
        self.number = number
        changes = difference.changes.sorted { $0.key < $1.key }.map { name, change in
            Change(
                label: visit.texts.find("field.\(name)") ?? name,
                now: Self.text(change.from),
                then: Self.text(change.to)
            )
        }
        closes = provider.status == .enabled && difference.changes["status"]?.to == .string("closed")
        mayRestore = visit.may(.admin) && number != provider.revision && !difference.changes.isEmpty
    }

    /// A value as people read it.
    private static func text(_ value: JSON?) -> String {
        switch value {
        case nil, .null: "–"
        case .string(let text): text
        case .some(let value): value.indented
        }
    }
}
