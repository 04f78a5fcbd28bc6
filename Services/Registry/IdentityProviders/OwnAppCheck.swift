import Messages
import Runtime
import Sealing
import WeCom

/// Asks WeCom whether own-app credentials work, before they are stored.
struct OwnAppCheck: Sendable {
    let wecom: WeComClient
    let keys: SealingKeys

    /// The connection, its secret sealed for the identity provider.
    ///
    /// Throws 422 with WeCom's code when it refuses them, 503 when it does not answer.
    func connection(_ app: OwnApp, for id: IdentityProviderID) async throws -> WeComConnection {
        do {
            let token = try await wecom.getToken(corpID: app.corpID, secret: app.secret)
            let agent = try await wecom.agent(app.agentID, token: token)
            if agent.isClosed { throw Problem.appStopped }
        } catch let error as WeComError {
            throw Problem.refused(by: error)
        }
        return WeComConnection(
            kind: .ownApp,
            corpID: app.corpID.rawValue,
            agentID: Int64(app.agentID.rawValue),
            secret: try keys.seal(app.secret, context: id.description)
        )
    }
}
