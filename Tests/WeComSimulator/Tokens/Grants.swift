/// A valid access token: the corp, and the application that it belongs to.
struct AccessGrant: Sendable {
    let corp: Corp
    /// nil: the contact-sync assistant, which sees the whole corp.
    let agent: Agent?

    /// The application; 48002 for the contact-sync assistant, which is none.
    func requireAgent() throws(Refusal) -> Agent {
        guard let agent else { throw .forbiddenKind }
        return agent
    }

    /// What the token may see; the contact-sync assistant may not read details (wecom.md §3.7).
    func requireDetails() throws(Refusal) -> ViewKey {
        guard let agent else { throw .forbiddenContactSync }
        return agent.viewKey
    }

    /// What the token may see where ids are all that is shown.
    var viewKey: ViewKey {
        agent?.viewKey ?? ViewKey(range: .wholeCorp, fields: .all, parentOfRoots: .real)
    }
}

/// A valid suite_access_token.
struct SuiteGrant: Sendable {
    let template: Template
}

/// A valid provider_access_token.
struct ProviderGrant: Sendable {
    let provider: Provider
}
