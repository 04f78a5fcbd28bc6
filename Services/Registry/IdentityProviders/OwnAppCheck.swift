import Egress
import Messages
import Runtime
import Sealing
import WeCom

/// Asks WeCom whether own-app credentials work, before they are stored.
struct OwnAppCheck: Sendable {
    let wecom: WeComClient
    let keys: SealingKeys
    let budget: OutsideBudget
    let memory: any CredentialMemory

    /// The connection, its secret sealed for the identity provider.
    ///
    /// Throws 422 with WeCom's code when it refuses them, or when the identity provider's own proxy does not let the
    /// question through; 503 when WeCom does not answer; ``TooManyCalls`` when this was asked for too often, or too many
    /// secrets were wrong. Credentials that WeCom refused a moment ago are refused again without asking it.
    ///
    /// - Parameter configuration: Whose proxy, if any, the question leaves by.
    func connection(_ app: OwnApp, for configuration: IdentityProviderConfiguration) async throws -> WeComConnection {
        let proxy = try HTTPProxy.of(configuration, openedBy: keys)
        let wecom = wecom.through(proxy)
        let call = OutsideCall(.ownAppCheck, tenant: configuration.tenant, corp: app.corpID, proxy: proxy)
        do {
            let credentials = CredentialDigest(corpID: app.corpID, secret: app.secret)
            try await memory.recall(credentials)
            try await budget.spend(call)
            let token = try await budget.trying(call) { try await self.token(of: app, credentials, wecom) }
            let agent = try await wecom.agent(app.agentID, token: token)
            if agent.isClosed { throw Problem.appStopped }
        } catch let error as WeComError {
            throw Problem.refused(by: error)
        }
        return WeComConnection(
            kind: .ownApp,
            corpID: app.corpID.rawValue,
            agentID: Int64(app.agentID.rawValue),
            secret: try keys.seal(app.secret, context: configuration.id.description)
        )
    }

    private func token(
        of app: OwnApp,
        _ credentials: CredentialDigest,
        _ wecom: WeComClient
    ) async throws -> AccessToken {
        do {
            let token = try await wecom.getToken(corpID: app.corpID, secret: app.secret)
            try await memory.note(credentials, nil)
            return token
        } catch let error as WeComError where error.code.map(ErrorReactions.refusesCredentials) == true {
            try await memory.note(credentials, error)
            throw error
        }
    }
}
