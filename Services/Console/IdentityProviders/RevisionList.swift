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
                by: visit.texts.name(of: revision.changedBy),
                what: revision.changes.keys.sorted().map { visit.texts.find("field.\($0)") ?? $0 }
                    .joined(separator: ", "),
                isCurrent: revision.revision == provider.revision
            )
        }
        next = visit.next(page.nextCursor)
    }
}
