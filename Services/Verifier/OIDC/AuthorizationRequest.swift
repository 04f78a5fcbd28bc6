import FoundationEssentials
import Messages
import Web

/// What a client asked for at `/oauth2/authorize`, checked.
struct AuthorizationRequest: Equatable, Sendable {
    /// The client.
    let client: String
    /// Where the person goes afterwards.
    let redirectURI: String
    /// How the client wants to be answered.
    var responseMode = ResponseMode.query
    /// What the client wants to know; with `openid`.
    let scope: Scope
    /// Given back to the client as it is.
    let state: String?
    /// Put into the ID token as it is.
    let nonce: String?
    /// The S256 challenge of PKCE (RFC 7636).
    let challenge: String?
    /// Who alone may be answered for, where the client showed an ID token of theirs.
    var subject: UserID?
    /// The language that the client asked for, as far as there is a choice.
    var language: PageLanguage?
    /// Whether the person is shown the identity providers, though there be one; `nil` for no.
    var choosesAccount: Bool?
    /// What a device shows that the person logs on for, in place of a client that is answered; `nil` for none.
    var device: String?

    /// How a client wants to be answered.
    enum ResponseMode: String, Sendable, CaseIterable {
        /// In the query of its address.
        case query
        /// As a form that the browser posts there (OAuth 2.0 Form Post Response Mode).
        case formPost = "form_post"
    }

    /// Where a refused or granted request is answered to.
    struct Return: Equatable, Sendable {
        let client: Client
        let redirectURI: String
        let responseMode: ResponseMode
        let state: String?

        /// What tells the client of an error.
        func answer(_ error: OAuthError, issuer: String) -> AuthorizationAnswer {
            AuthorizationAnswer(
                redirectURI: redirectURI,
                responseMode: responseMode,
                fields: [
                    ("error", error.code.rawValue), ("error_description", error.description), ("state", state),
                    ("iss", issuer),
                ]
            )
        }
    }

    /// Who asks, and where the answer may go. Until that is known nothing is sent anywhere.
    ///
    /// - Parameter find: The client that calls itself so, if it may have anything.
    /// - Throws: ``UntrustedRequest``, to be shown to the person, and what `find` throws.
    static func whereabouts(
        _ form: FormFields,
        _ find: (String) async throws -> Client?
    ) async throws -> Return {
        if let excess = FieldLimits.excess(form, "client_id") ?? FieldLimits.excess(form, "redirect_uri") {
            throw UntrustedRequest.tooLong(excess)
        }
        guard let id = form["client_id"], let client = try await find(id) else { throw UntrustedRequest.unknownClient }
        guard let uri = form["redirect_uri"], client.accepts(redirect: uri) else {
            throw UntrustedRequest.unknownRedirect
        }
        // A state that is refused is not carried back either.
        let state = FieldLimits.excess(form, "state") == nil ? form["state"] : nil
        let mode = form["response_mode"].flatMap { ResponseMode(rawValue: $0) } ?? .query
        return Return(client: client, redirectURI: uri, responseMode: mode, state: state)
    }

    /// - Throws: ``OAuthError``, to be told to the client.
    init(_ form: FormFields, from origin: Return) throws(OAuthError) {
        if let excess = FieldLimits.excess(form) { throw OAuthError(.invalidRequest, excess.sentence) }
        if let name = FieldLimits.repeated(form) {
            throw OAuthError(.invalidRequest, "\(name) is given more than once.")
        }
        try Self.checkExtras(form)
        scope = Scope(form["scope"] ?? "").limited(to: origin.client.scope)
        guard scope.contains(.openid) else { throw OAuthError(.invalidScope, "The scope must contain openid.") }
        challenge = try Self.challenge(form, of: origin.client)
        client = origin.client.id
        redirectURI = origin.redirectURI
        responseMode = origin.responseMode
        state = origin.state
        nonce = form["nonce"]
        language = form["ui_locales"].flatMap { PageLanguage(locales: $0) }
    }

    private static func checkExtras(_ form: FormFields) throws(OAuthError) {
        guard form["response_type"] == "code" else {
            let code: OAuthError.Code = form["response_type"] == nil ? .invalidRequest : .unsupportedResponseType
            throw OAuthError(code, "response_type must be code.")
        }
        if let mode = form["response_mode"], ResponseMode(rawValue: mode) == nil {
            throw OAuthError(.invalidRequest, "response_mode must be query or form_post.")
        }
        if form["request"] != nil { throw OAuthError(.requestNotSupported, "request is not supported.") }
        if form["request_uri"] != nil {
            throw OAuthError(.requestURINotSupported, "request_uri must be one that /oauth2/par gave.")
        }
    }

    private static func challenge(_ form: FormFields, of client: Client) throws(OAuthError) -> String? {
        guard let challenge = form["code_challenge"] else {
            if client.isConfidential, form["code_challenge_method"] == nil { return nil }
            throw OAuthError(.invalidRequest, "code_challenge is missing: use PKCE with S256.")
        }
        guard form["code_challenge_method"] == "S256" else {
            throw OAuthError(.invalidRequest, "code_challenge_method must be S256.")
        }
        guard PKCE.isChallenge(challenge) else {
            throw OAuthError(.invalidRequest, "code_challenge must be 43 characters of base64url.")
        }
        return challenge
    }

    init(
        client: String,
        redirectURI: String,
        responseMode: ResponseMode = .query,
        scope: Scope,
        state: String?,
        nonce: String?,
        challenge: String?,
        subject: UserID? = nil,
        language: PageLanguage? = nil
    ) {
        self.client = client
        self.redirectURI = redirectURI
        self.responseMode = responseMode
        self.scope = scope
        self.state = state
        self.nonce = nonce
        self.challenge = challenge
        self.subject = subject
        self.language = language
    }
}

/// A request that may come from anybody, so that only the person in front of the browser is told.
enum UntrustedRequest: Error, Equatable {
    /// There is no such client.
    case unknownClient
    /// One of these two is too long, or has a NUL.
    case tooLong(FieldLimits.Excess)
    /// The client is not known to be there.
    case unknownRedirect
    /// What was pushed is not there any more, or is another client's.
    case unknownPushedRequest
}
