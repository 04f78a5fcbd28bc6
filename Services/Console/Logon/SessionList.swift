import Web

/// The sessions of one person.
struct SessionList: Sendable {
    struct Row: Sendable {
        let clientID: String
        let scope: String
        let since: Moment
        let until: Moment
    }

    let person: String
    let shownName: String
    let externalID: String
    let rows: [Row]
    let end: String?
    let next: String?

    init(_ user: DirectoryUser, _ sessions: Listed<PersonSession>, _ provider: IdentityProvider, _ visit: Visit) {
        person = PersonPage.path(provider.id, user.externalID)
        externalID = user.externalID
        shownName = user.displayName ?? user.externalID
        rows = sessions.items.map { session in
            Row(
                clientID: session.clientID,
                scope: session.scope,
                since: Moment(session.authenticatedAt, visit),
                until: Moment(session.expiresAt, visit)
            )
        }
        let mayEnd = visit.may(.operator) && !sessions.items.isEmpty
        end = mayEnd ? "/idps/\(provider.id)/person/sessions/end" : nil
        next = visit.next(sessions.nextCursor)
    }
}
