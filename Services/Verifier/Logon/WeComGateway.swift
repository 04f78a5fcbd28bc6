import Messages
import Sealing
import WeCom

/// What a logon asks of WeCom: who signed in, and whether the app may see them.
///
/// Each identity provider's access token is kept until its connection changes. Nothing is retried beyond one renewal of
/// the token: a person waits, and a code whose exchange timed out must not be shown again (`wecom.md` §4.4, note 4).
actor WeComGateway {
    private let client: WeComClient
    private let sealing: SealingKeys
    private var apps: [IdentityProviderID: App] = [:]

    private struct App {
        let connection: WeComConnection
        let tokens: TokenSource<TokenKind.Access>
    }

    init(client: WeComClient, sealing: SealingKeys) {
        self.client = client
        self.sealing = sealing
    }

    /// Who signed in with a code.
    ///
    /// - Throws: `WeComError`; `SealingError` or `InvalidIdentifier` where the connection is unusable.
    nonisolated func identity(
        of code: String,
        through connection: WeComConnection,
        of identityProvider: IdentityProviderID
    ) async throws -> LogonDecision.Identity {
        let answer = try await call(connection, identityProvider) { [client] token in
            try await client.userInfo(code: code, token: token)
        }
        return switch answer {
        case .member(let userID, _): .member(userID)
        case .outsider: .outsider
        }
    }

    /// Whether the app may see a person.
    ///
    /// - Returns: ``LogonDecision/Visibility/unknown`` with WeCom's error where WeCom did not tell.
    nonisolated func visibility(
        of userID: String,
        through connection: WeComConnection,
        of identityProvider: IdentityProviderID
    ) async throws -> (visibility: LogonDecision.Visibility, error: WeComError?) {
        do {
            let id = try WeComUserID(userID, of: CorpID(connection.corpID))
            _ = try await call(connection, identityProvider) { [client] token in
                try await client.user(id, token: token)
            }
            return (.visible, nil)
        } catch let error as WeComError {
            let isOutside = LogonReason(error) == .outsideVisibleRange
            return (isOutside ? .outside : .unknown, error)
        }
    }

    /// Calls with the app's token, and once more with a renewed one where WeCom rejects it.
    private nonisolated func call<Answer>(
        _ connection: WeComConnection,
        _ identityProvider: IdentityProviderID,
        _ body: (WeCom.AccessToken) async throws -> Answer
    ) async throws -> Answer {
        let tokens = try await tokens(connection, identityProvider)
        let token = try await tokens.token()
        do {
            return try await body(token)
        } catch let error as WeComError where error.reaction == .renewToken || error.code == 40001 {
            return try await body(try await tokens.renewed(insteadOf: token))
        }
    }

    private func tokens(
        _ connection: WeComConnection,
        _ identityProvider: IdentityProviderID
    ) throws -> TokenSource<TokenKind.Access> {
        if let app = apps[identityProvider], app.connection == connection { return app.tokens }
        let corpID = try CorpID(connection.corpID)
        let secret = try sealing.open(connection.secret, context: identityProvider.description)
        let client = client
        let tokens = TokenSource<TokenKind.Access> { try await client.getToken(corpID: corpID, secret: secret) }
        apps[identityProvider] = App(connection: connection, tokens: tokens)
        return tokens
    }
}
