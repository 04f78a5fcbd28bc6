public import Logging
public import Sealing

/// Who the provider is to WeCom: itself and one template.
public struct ProviderCredentials: Sendable {
    /// The provider's own corp ID.
    public let corpID: CorpID

    /// The provider's secret.
    public let secret: Secret

    /// The template of the custom-developed app.
    public let templateID: SuiteID

    /// The template's secret.
    public let templateSecret: Secret

    /// - Parameters:
    ///   - corpID: The provider's own corp ID.
    ///   - secret: The provider's secret.
    ///   - templateID: The template of the custom-developed app.
    ///   - templateSecret: The template's secret.
    public init(corpID: CorpID, secret: Secret, templateID: SuiteID, templateSecret: Secret) {
        self.corpID = corpID
        self.secret = secret
        self.templateID = templateID
        self.templateSecret = templateSecret
    }
}

/// The calls that a provider makes about its template and the enterprises that authorize it.
public final class ProviderSession: Sendable {
    /// The calls themselves.
    public let client: WeComClient

    /// Who the provider is.
    public let credentials: ProviderCredentials

    private let providerTokens: TokenSource<TokenKind.Provider>
    private let suiteTokens: TokenSource<TokenKind.Suite>
    private let caller: Caller

    /// - Parameters:
    ///   - ticket: The newest suite ticket that WeCom pushed for this template, nil when there is none or it is older
    ///     than 30 minutes. Asked for each new suite token.
    ///   - time: Waits and token lives go by it.
    public init(
        client: WeComClient,
        credentials: ProviderCredentials,
        settings: SessionSettings = SessionSettings(),
        time: TimeKeeper = .continuous,
        logger: Logger,
        ticket: @escaping @Sendable () async throws -> Secret?
    ) {
        self.client = client
        self.credentials = credentials
        providerTokens = TokenSource(time: time) {
            try await client.providerToken(corpID: credentials.corpID, secret: credentials.secret)
        }
        suiteTokens = TokenSource(time: time) {
            guard let ticket = try await ticket() else {
                throw WeComError(.noSuiteTicket, path: "service/get_suite_token")
            }
            return try await client.suiteToken(
                suiteID: credentials.templateID,
                secret: credentials.templateSecret,
                ticket: ticket
            )
        }
        caller = Caller(settings: settings, time: time, logger: logger)
    }

    /// A page for an administrator to authorize the template on; see ``WeComClient/customizedAuthURL(state:templates:token:)``.
    public func customizedAuthURL(state: String) async throws -> AuthorizationLink {
        try await caller.call(providerTokens, .allowed) { token in
            try await client.customizedAuthURL(state: state, templates: [credentials.templateID], token: token)
        }
    }

    /// Trades a pushed authorization code for the enterprise's secret. A code spent by a call whose answer was lost ends
    /// in ``Reaction/reauthorize``.
    public func permanentCode(authCode: Secret) async throws -> PermanentAuthorization {
        try await caller.call(suiteTokens, .allowed) { try await client.permanentCode(authCode: authCode, token: $0) }
    }

    /// What an enterprise has authorized; see ``WeComClient/authInfo(corpID:permanentCode:token:)``.
    public func authInfo(corpID: CorpID, permanentCode: Secret) async throws -> AuthorizationInfo {
        try await caller.call(suiteTokens, .allowed) { token in
            try await client.authInfo(corpID: corpID, permanentCode: permanentCode, token: token)
        }
    }

    /// Whether WeCom gives a suite token: proves template ID, secret, ticket and trusted IP.
    public func checkSuite() async throws {
        try await caller.call(suiteTokens, .allowed) { _ in }
    }

    /// Whether WeCom gives a provider token: proves the provider's corp ID, secret and trusted IP.
    public func checkProvider() async throws {
        try await caller.call(providerTokens, .allowed) { _ in }
    }
}
