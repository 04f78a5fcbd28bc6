import Web

/// People in a list.
struct PeopleList: Sendable {
    struct Row: Sendable {
        let link: String
        let shownName: String
        let externalID: String
        let email: String?
        /// The address up to the @ and behind it, between which it may be broken.
        let mailbox: String?
        let domain: String?
        let position: String?
        let standing: Badge
        let updatedAt: Moment
    }

    struct Choice: Sendable {
        let state: String
        let label: String
        let isChosen: Bool
    }

    let base: String
    let typed: String?
    let department: String?
    let states: [Choice]
    let rows: [Row]
    let isSearch: Bool
    let next: String?

    init(_ provider: IdentityProvider, _ page: Listed<DirectoryUser>, _ visit: Visit) {
        let texts = visit.texts
        base = "/idps/\(provider.id)"
        typed = visit.query["q"]
        department = visit.query["department"]
        let state = visit.query["state"] ?? ""
        states = ["", "active", "removed"].map {
            Choice(state: $0, label: texts["people.state_\($0.isEmpty ? "any" : $0)"], isChosen: $0 == state)
        }
        rows = page.items.map { user in
            let email = user.email.flatMap { $0.isEmpty ? nil : $0 }
            let at = email.flatMap { $0.firstIndex(of: "@") }
            return Row(
                link: PersonPage.path(provider.id, user.externalID),
                shownName: user.displayName ?? user.externalID,
                externalID: user.externalID,
                email: email,
                mailbox: email.map { email in at.map { String(email[...$0]) } ?? email },
                domain: email.flatMap { email in at.map { String(email[$0...].dropFirst()) } },
                position: user.title.flatMap { $0.isEmpty ? nil : $0 },
                standing: Badge(of: user, texts),
                updatedAt: Moment(user.updatedAt, visit)
            )
        }
        isSearch = typed != nil || department != nil || !state.isEmpty
        next = visit.next(page.nextCursor)
    }
}
