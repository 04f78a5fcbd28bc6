import Messages
import Postgres
import Sealing
import WeCom

/// What WeCom's word means for the identity providers that are connected to the enterprise.
extension AuthorizationCheck {
    /// Has a connected identity provider follow what WeCom says; nil when it is not authorized then.
    ///
    /// A code that is good is kept, or works again, until a newer one is good too: after a reset WeCom may know the old
    /// one for a while, and there is one code for each enterprise. In place of one that is lost comes the newest good
    /// one: for an identity provider that is authorized any, since the enterprise's authorization goes on; for one that
    /// has lost it only one of the same authorization.
    func follow(
        _ news: CorpNews,
        _ provider: IdentityProvider,
        on database: isolated Connection
    ) throws -> IdentityProvider? {
        let word = news.word
        let isAuthorized = provider.configuration.authorization == .authorized
        guard word.covers(provider.id) else { return isAuthorized ? provider : nil }
        guard let newest = word.newest else {
            if isAuthorized { try revoke(provider, on: database) }
            return nil
        }
        if let own = word.code(of: provider.id) {
            // Which of two is newer only grants tell.
            let isOwn = newest.connections.contains(provider.id) || newest.grants.isEmpty
            return try renew(provider, isOwn ? own : newest, word, isOwn: isOwn, on: database)
        }
        let lost = word.dead.filter { $0.connections.contains(provider.id) }.flatMap(\.grants)
        guard isAuthorized || news.history.continues(newest, after: lost, of: provider.id) else { return nil }
        return try renew(provider, newest, word, isOwn: false, on: database)
    }

    private func renew(
        _ provider: IdentityProvider,
        _ code: CandidateCode,
        _ word: Word,
        isOwn: Bool,
        on database: isolated Connection
    ) throws -> IdentityProvider {
        let configuration = provider.configuration
        guard let old = configuration.connection else { return provider }
        let wasLost = configuration.authorization != .authorized
        let agent = word.agent.map { Int64($0.id.rawValue) } ?? old.agentID
        if isOwn, !wasLost, agent == old.agentID { return provider }
        var connection = old
        connection.agentID = agent
        if !isOwn { connection.secret = try keys.seal(code.secret, context: provider.id.description) }
        let renewed = try providers.revise(
            provider,
            by: Self.actor,
            as: wasLost ? "authorization.restored" : "authorization.renewed",
            on: database
        ) { $0.connect(by: connection) }
        if wasLost { try GrantStore.restore(provider.id, on: database) }
        return renewed
    }

    private func revoke(_ provider: IdentityProvider, on database: isolated Connection) throws {
        _ = try providers.revise(provider, by: Self.actor, as: "authorization.revoked", on: database) {
            $0.authorization = .revoked
        }
        try GrantStore.revoke(provider.id, on: database)
    }
}
