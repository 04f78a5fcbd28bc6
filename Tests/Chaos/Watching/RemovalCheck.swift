import Messages

/// Nobody is without access who is in WeCom; and of those who are out of an app's view, no more than limits allow.
struct RemovalCheck: Sendable {
    /// Somebody without access.
    struct Row: Sendable, Hashable {
        let identityProvider: String
        let userID: String
        /// Whose word it is: `directory` or `principals`.
        let place: String
    }

    /// The tenants' numbers by their identity providers.
    let tenants: [String: Int]
    let presence: Presence

    /// - Parameter asked: When the rows were asked for.
    /// - Returns: Who is without access and should not be.
    func look(
        at rows: [Row],
        asked: ContinuousClock.Instant
    ) -> [(subject: String, what: String)] {
        let people = rows.compactMap { row in
            tenants[row.identityProvider].map { (person: Presence.Person($0, row.userID), row: row) }
        }
        let certain = people.filter { presence.isCertain($0.person, since: asked) }.map { person, row in
            (subject: "tenant \(person.tenant)", what: "\(row.userID) has no access in \(row.place), and is in WeCom")
        }
        let places = Dictionary(grouping: people) { Place(tenant: $0.person.tenant, name: $0.row.place) }
        return certain
            + places.filter { isBeyondLimits(Set($0.value.map(\.person)), of: $0.key.tenant) }.keys.map { place in
                ("tenant \(place.tenant)", "more people out of view have no access in \(place.name) than may at once")
            }
    }

    private struct Place: Hashable {
        let tenant: Int
        let name: String
    }

    /// A day's limit is the tightest over several runs.
    private func isBeyondLimits(_ people: Set<Presence.Person>, of tenant: Int) -> Bool {
        let hidden = presence.hidden(of: tenant)
        let most = LossLimits.people.perDay?.most(of: hidden.count) ?? 0
        return hidden.intersection(people).count > most
    }
}
