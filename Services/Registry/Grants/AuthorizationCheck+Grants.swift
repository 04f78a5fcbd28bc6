import Logging
import Messages
import Postgres
import Sealing
import WeCom

/// What WeCom's word means for the grants that wait for something.
extension AuthorizationCheck {
    /// What a grant waits for.
    enum Wait: Equatable, Sendable {
        case app(since: Timestamp)
        case administrator
        case confirmation
    }

    /// Has each grant go on as far as it can: of those of one identity provider the newest that is good.
    func settle(
        _ grants: [Grant],
        by news: CorpNews,
        on database: isolated Connection
    ) throws -> [Wait] {
        var seen: Set<IdentityProviderID> = []
        return try grants.compactMap { grant in
            guard let id = grant.idpID else {
                try settleNobodys(grant, on: database)
                return nil
            }
            guard !seen.contains(id) else {
                try GrantStore.move(grant.id, to: .superseded, note: GrantStore.Note.later, on: database)
                return nil
            }
            guard let provider = try IdentityProviderStore.lock(id, on: database) else {
                try GrantStore.move(grant.id, to: .superseded, note: GrantStore.Note.deleted, on: database)
                return nil
            }
            guard let code = code(for: grant, of: id, news) else {
                try GrantStore.move(grant.id, to: .revoked, note: GrantStore.Note.withdrawn, on: database)
                return nil
            }
            seen.insert(id)
            return try settle(grant, with: code, of: provider, news, on: database)
        }
    }

    /// Its own code if that is good, else the one that came in its place.
    private func code(
        for grant: Grant,
        of provider: IdentityProviderID,
        _ news: CorpNews
    ) -> CandidateCode? {
        if let own = news.word.code(of: grant.id) { return own }
        guard let newest = news.word.newest, news.history.continues(newest, after: [grant.id], of: provider) else {
            return nil
        }
        return newest
    }

    /// A reset is for whoever is connected to the enterprise; anything else that nobody asked for leads nowhere.
    private func settleNobodys(_ grant: Grant, on database: isolated Connection) throws {
        guard grant.standing != .revoked else { return }
        if grant.origin == .resetPermanentCode {
            return try GrantStore.move(grant.id, to: .complete, on: database)
        }
        let trouble = Trouble.nobodyAsked
        try GrantStore.move(
            grant.id,
            to: .superseded,
            note: "\(trouble.reason) \(trouble.whatToDo)",
            on: database
        )
        logger.warning("an authorization came that nobody asked for", metadata: ["grant": "\(grant.id)"])
    }

    private func settle(
        _ grant: Grant,
        with code: CandidateCode,
        of provider: IdentityProvider,
        _ news: CorpNews,
        on database: isolated Connection
    ) throws -> Wait? {
        let corp = news.corp
        if !isRenewal(corp, of: provider) {
            if try isTaken(grant, by: corp, on: database) {
                try GrantStore.move(grant.id, to: .superseded, note: GrantStore.Note.otherEnterprise, on: database)
                return nil
            }
            if try needsConfirmation(grant, corp, of: provider, on: database) {
                try GrantStore.move(grant.id, to: .waitingForConfirmation, on: database)
                return .confirmation
            }
        }
        guard let agent = news.word.agent else {
            try GrantStore.move(grant.id, to: .waitingForApp, on: database)
            return .app(since: grant.receivedAt)
        }
        guard !agent.isAuthorizedByMembers else {
            try GrantStore.note(.byMembers, for: grant.id, on: database)
            return .administrator
        }
        try connect(provider, by: grant, code, agent, news, on: database)
        return nil
    }

    /// Whether the identity provider is connected to the very app already.
    private func isRenewal(_ corp: CorpAuthorization, of provider: IdentityProvider) -> Bool {
        !ConnectedCorps.connected([provider], to: corp.corp).isEmpty
    }

    /// Whether something else was connected since the QR code was made.
    private func isTaken(
        _ grant: Grant,
        by corp: CorpAuthorization,
        on database: isolated Connection
    ) throws -> Bool {
        guard grant.confirmedBy == nil, let state = grant.state,
            let request = try AuthorizationStore.find(state: state, on: database)
        else { return false }
        return request.isVoid || request.completedAt != nil && request.corpKey != corp.key
    }

    /// Whether somebody has to say that this is the enterprise that is meant: where another one is behind the identity
    /// provider or was, and where it is another tenant's too.
    private func needsConfirmation(
        _ grant: Grant,
        _ corp: CorpAuthorization,
        of provider: IdentityProvider,
        on database: isolated Connection
    ) throws -> Bool {
        guard grant.confirmedBy == nil else { return false }
        if let known = provider.configuration.connection, (try? CorpID(known.corpID)) != corp.corp { return true }
        return try ConnectedCorps.isElsewhere(corp.corp, than: provider.tenant, on: database)
    }

    private func connect(
        _ provider: IdentityProvider,
        by grant: Grant,
        _ code: CandidateCode,
        _ agent: AuthorizedAgent,
        _ news: CorpNews,
        on database: isolated Connection
    ) throws {
        if !news.authorized.contains(provider.id) {
            let connection = WeComConnection(
                kind: .customDevelopedApp,
                corpID: grant.corpID ?? news.corp.corp.rawValue,
                agentID: Int64(agent.id.rawValue),
                secret: try keys.seal(code.secret, context: provider.id.description)
            )
            let connected = try providers.revise(
                provider,
                by: Self.actor,
                as: "authorization.granted",
                on: database
            ) { $0.connect(by: connection) }
            try runs.connected(connected, on: database)
        }
        if let state = grant.state { try AuthorizationStore.complete(state, by: news.corp.key, on: database) }
        try AuthorizationStore.void(of: provider.id, but: grant.state, on: database)
        try GrantStore.supersede(provider.id, before: grant.id, on: database)
        try GrantStore.move(grant.id, to: .complete, on: database)
    }
}
