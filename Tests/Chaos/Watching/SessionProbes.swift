import SuiteTesting

/// Shows the tokens of people who may not log on any more, a second after that is known, and wants them refused.
actor SessionProbes {
    private let field: Field
    private let tenants: [String: Int]
    /// Those whose tokens are still to be shown, and since when they may not log on.
    private var due: [Presence.Person: ContinuousClock.Instant] = [:]

    init(_ field: Field) {
        self.field = field
        tenants = Dictionary(
            uniqueKeysWithValues: field.tenants.enumerated().map { ($1.provider.id.lowercased(), $0) }
        )
    }

    /// - Parameter rows: Who is without access.
    func look(at rows: [RemovalCheck.Row], now: ContinuousClock.Instant = .now) {
        for row in rows where row.place == "principals" {
            guard let tenant = tenants[row.identityProvider] else { continue }
            let person = Presence.Person(tenant, row.userID)
            if due[person] == nil, field.sessions.tokens(of: person) != nil { due[person] = now }
        }
    }

    /// Asks each copy of the verifier; one that does not answer is asked again later.
    func ask() async {
        let now = ContinuousClock.now
        for (person, since) in due where now - since > SessionCheck.grace {
            guard let tokens = field.sessions.tokens(of: person) else {
                due[person] = nil
                continue
            }
            do {
                for copy in field.copies(of: .verifier) {
                    guard try await welcomes(tokens, copy.victim.copy) else { continue }
                    field.breaches.note(
                        .lateSessions,
                        "tenant \(person.tenant)",
                        "\(copy.victim) welcomes \(person.key), who has had no access for \(ContinuousClock.now - since)"
                    )
                }
                field.sessions.forget(person)
                due[person] = nil
            } catch {
                // It is asked again.
            }
        }
    }

    /// The verifier said neither yes nor no.
    private struct NoAnswer: Error {}

    private func welcomes(_ tokens: Employee.Tokens, _ number: Int) async throws -> Bool {
        let headers = ["Authorization": "Bearer \(tokens.access_token)"]
        switch try await field.prober(number).verifier.send("GET", "/oauth2/userinfo", headers: headers).status {
        case 200: return true
        case 401: return false
        default: throw NoAnswer()
        }
    }
}
