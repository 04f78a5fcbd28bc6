/// Nobody is without access who is in WeCom.
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
        rows.compactMap { row in
            guard let tenant = tenants[row.identityProvider] else { return nil }
            let person = Presence.Person(tenant, row.userID)
            guard presence.isCertain(person, since: asked) else { return nil }
            return ("tenant \(tenant)", "\(row.userID) has no access in \(row.place), and is in WeCom")
        }
    }
}
