import FoundationEssentials
import Runtime
import Sealing
import Web

/// What a client asked for at `/oauth2/authorize`, checked.
struct AuthorizationRequest: Equatable, Sendable {
    /// The client.
    let client: String
    /// Where the person goes afterwards.
    let redirectURI: String
    /// What the client wants to know, separated by spaces; with `openid`.
    let scope: String
    /// Given back to the client as it is.
    let state: String?
    /// Put into the ID token as it is.
    let nonce: String?
    /// The S256 challenge of PKCE (RFC 7636).
    let challenge: String?

    /// Where a refused or granted request is answered to.
    struct Return: Equatable, Sendable {
        let client: Client
        let redirectURI: String
        let state: String?

        /// The address that tells the client of an error.
        func address(of error: OAuthError, issuer: String) -> String {
            PercentEncoding.url(
                redirectURI,
                [
                    ("error", error.code.rawValue), ("error_description", error.description), ("state", state),
                    ("iss", issuer),
                ]
            )
        }
    }

    /// Who asks, and where the answer may go. Until that is known nothing is sent anywhere.
    ///
    /// - Throws: ``UntrustedRequest``, to be shown to the person.
    static func whereabouts(_ form: FormFields, clients: Clients) throws(UntrustedRequest) -> Return {
        if let excess = FieldLimits.excess(form, "client_id") ?? FieldLimits.excess(form, "redirect_uri") {
            throw .tooLong(excess)
        }
        guard let id = form["client_id"], let client = clients[id] else { throw .unknownClient }
        guard let uri = form["redirect_uri"], client.redirectURIs.contains(uri) else { throw .unknownRedirect }
        // Too long a state is not carried back either.
        let state = FieldLimits.excess(form, "state") == nil ? form["state"] : nil
        return Return(client: client, redirectURI: uri, state: state)
    }

    /// - Throws: ``OAuthError``, to be told to the client.
    init(_ form: FormFields, from origin: Return) throws(OAuthError) {
        if let excess = FieldLimits.excess(form) { throw OAuthError(.invalidRequest, excess.sentence) }
        if let name = form.repeated { throw OAuthError(.invalidRequest, "\(name) is given more than once.") }
        try Self.checkExtras(form)
        let scope = Self.scope(form["scope"])
        guard scope.contains("openid") else { throw OAuthError(.invalidScope, "The scope must contain openid.") }
        challenge = try Self.challenge(form, of: origin.client)
        client = origin.client.id
        redirectURI = origin.redirectURI
        self.scope = scope.joined(separator: " ")
        state = origin.state
        nonce = form["nonce"]
    }

    /// The scopes that there are; others are ignored (OpenID Connect Core §3.1.2.1).
    static let scopes = ["openid", "profile", "email", "offline_access"]

    private static func scope(_ text: String?) -> [String] {
        let wanted = Set((text ?? "").split(separator: " ").map(String.init))
        return scopes.filter(wanted.contains)
    }

    private static func checkExtras(_ form: FormFields) throws(OAuthError) {
        guard form["response_type"] == "code" else {
            let code: OAuthError.Code = form["response_type"] == nil ? .invalidRequest : .unsupportedResponseType
            throw OAuthError(code, "response_type must be code.")
        }
        if form["response_mode"] ?? "query" != "query" {
            throw OAuthError(.invalidRequest, "response_mode must be query.")
        }
        if form["request"] != nil { throw OAuthError(.requestNotSupported, "request is not supported.") }
        if form["request_uri"] != nil { throw OAuthError(.requestURINotSupported, "request_uri is not supported.") }
        if form["prompt"] == "none" {
            throw OAuthError(.loginRequired, "The person has to sign in with WeCom each time.")
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
        scope: String,
        state: String?,
        nonce: String?,
        challenge: String?
    ) {
        self.client = client
        self.redirectURI = redirectURI
        self.scope = scope
        self.state = state
        self.nonce = nonce
        self.challenge = challenge
    }
}

/// A request that may come from anybody, so that only the person in front of the browser is told.
enum UntrustedRequest: Error, Equatable {
    /// There is no such client.
    case unknownClient
    /// One of these two is too long.
    case tooLong(FieldLimits.Excess)
    /// The client is not known to be there.
    case unknownRedirect
}

/// Proof Key for Code Exchange, RFC 7636, S256 only.
enum PKCE {
    /// Whether the text can be a SHA-256 in base64url.
    static func isChallenge(_ text: String) -> Bool {
        text.utf8.count == 43 && text.utf8.allSatisfy { isUnreserved($0) && $0 != 0x2E && $0 != 0x7E }
    }

    /// Whether the verifier is one, and belongs to the challenge.
    static func matches(_ verifier: String, challenge: String) -> Bool {
        (43...128).contains(verifier.utf8.count) && verifier.utf8.allSatisfy(isUnreserved)
            && Base64URL.encode(Ticket.digest(of: verifier)) == challenge
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
