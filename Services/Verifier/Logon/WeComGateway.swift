import Egress
import FoundationEssentials
import Messages
import Sealing
import WeCom

/// What a logon asks of WeCom: who signed in, and whether the app may see them.
///
/// Each identity provider's access token is kept until its connection or its proxy changes. Nothing is retried beyond
/// one renewal of the token: a person waits, and a code whose exchange timed out must not be shown again (`wecom.md`
/// §4.4, note 4).
actor WeComGateway {
    private let client: WeComClient
    private let sealing: SealingKeys
    private let memory: any CredentialMemory
    private var apps: [IdentityProviderID: App] = [:]

    private struct App {
        let connection: WeComConnection
        let egress: EgressProxy?
        let client: WeComClient
        let tokens: TokenSource<TokenKind.Access>
    }

    /// - Parameter memory: Remembers refused credentials, for all verifiers.
    init(client: WeComClient, sealing: SealingKeys, memory: any CredentialMemory) {
        self.client = client
        self.memory = memory
        self.sealing = sealing
    }

    /// The proxy that an identity provider's calls leave by; nil for our own address.
    ///
    /// - Throws: `SealingError`.
    nonisolated func proxy(of configuration: IdentityProviderConfiguration) throws -> HTTPProxy? {
        try HTTPProxy.of(configuration, openedBy: sealing)
    }

    /// Who signed in with a code.
    ///
    /// - Throws: `WeComError`; `SealingError` or `InvalidIdentifier` where the connection is unusable.
    nonisolated func identity(
        of code: String,
        through connection: WeComConnection,
        of configuration: IdentityProviderConfiguration
    ) async throws -> LogonDecision.Identity {
        let answer = try await call(connection, configuration) { client, token in
            try await client.userInfo(code: code, token: token)
        }
        return switch answer {
        case .member(let userID, _): .member(userID)
        case .outsider: .outsider
        }
    }

    /// Whether the app may see a person.
    ///
    /// - Returns: ``LogonSituation/Visibility/unknown`` with WeCom's error where WeCom did not tell.
    nonisolated func visibility(
        of userID: String,
        through connection: WeComConnection,
        of configuration: IdentityProviderConfiguration
    ) async throws -> (sight: Sight, error: WeComError?) {
        do {
            let id = try WeComUserID(userID, of: CorpID(connection.corpID))
            let body = try await call(connection, configuration) { client, token in
                try await client.user(id, token: token)
            }
            let answer = try? JSONDecoder().decode(UserAnswer.self, from: Data(body))
            return (Sight(visibility: .visible, status: answer?.status), nil)
        } catch let error as WeComError {
            let isOutside = LogonReason(error) == .outsideVisibleRange
            return (Sight(visibility: isOutside ? .outside : .unknown), error)
        }
    }

    /// What the app sees of a person.
    struct Sight: Sendable {
        let visibility: LogonSituation.Visibility
        /// WeCom's status of them (`wecom.md` §3.6), where it tells one.
        var status: Int?
    }

    private struct UserAnswer: Decodable {
        let status: Int?
    }

    /// Calls with the app's token, and once more with a renewed one where WeCom rejects it.
    private nonisolated func call<Answer>(
        _ connection: WeComConnection,
        _ configuration: IdentityProviderConfiguration,
        _ body: (WeComClient, WeCom.AccessToken) async throws -> Answer
    ) async throws -> Answer {
        let app = try await app(connection, configuration)
        let token = try await app.tokens.token()
        do {
            return try await body(app.client, token)
        } catch let error as WeComError where error.reaction == .renewToken || error.code == 40001 {
            return try await body(app.client, try await app.tokens.renewed(insteadOf: token))
        }
    }

    private func app(
        _ connection: WeComConnection,
        _ configuration: IdentityProviderConfiguration
    ) throws -> App {
        let (id, egress) = (configuration.id, configuration.egress)
        if let app = apps[id], app.connection == connection, app.egress == egress { return app }
        let corpID = try CorpID(connection.corpID)
        let secret = try sealing.open(connection.secret, context: id.description)
        let client = client.through(try HTTPProxy.of(configuration, openedBy: sealing))
        let memory = memory
        let tokens = TokenSource<TokenKind.Access> {
            try await client.getToken(corpID: corpID, secret: secret, rememberingIn: memory)
        }
        let app = App(connection: connection, egress: egress, client: client, tokens: tokens)
        apps[id] = app
        return app
    }
}
