import HTTPTypes
import Hummingbird
import Messages
import Web

/// `/oauth2/token`, `/oauth2/introspect` and `/oauth2/revoke`: what clients call themselves.
struct TokenRoutes: Sendable {
    let authentication: ClientAuthentication
    let grants: GrantStore
    let issuer: TokenIssuer

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.post("/oauth2/token") { request, _ in try await token(request) }
        router.post("/oauth2/introspect") { request, _ in try await introspect(request) }
        router.post("/oauth2/revoke") { request, _ in try await revoke(request) }
    }

    /// RFC 6749 §4.1.3 and §6.
    private func token(_ request: Request) async throws -> Response {
        let (client, form) = try await caller(request)
        let result: Result<Grant, GrantStore.Refusal>
        switch form["grant_type"] {
        case "authorization_code":
            result = try await grants.redeem(
                code: Self.required("code", form),
                by: client,
                redirectURI: form["redirect_uri"],
                verifier: form["code_verifier"],
                admitting: mayGoOn
            )
        case "refresh_token":
            result = try await grants.refresh(
                Self.required("refresh_token", form),
                by: client,
                admitting: mayGoOn
            )
        case nil: throw OAuthError(.invalidRequest, "grant_type is missing.")
        default:
            throw OAuthError(.unsupportedGrantType, "grant_type must be authorization_code or refresh_token.")
        }
        switch result {
        case .success(let grant): return try JSONAnswer.make(try await issuer.answer(grant))
        case .failure(let refusal): throw OAuthError(.invalidGrant, refusal.rawValue)
        }
    }

    /// Asked before anything is spent, so that who is told to try again can.
    private func mayGoOn(_ session: Session) throws -> Bool {
        switch issuer.standing(of: session) {
        case .open: return true
        case .shut: return false
        case .unknown:
            throw OAuthError(
                .temporarilyUnavailable,
                "The identity provider's configuration is not known at present; the session goes on. Try again later."
            )
        }
    }

    /// RFC 7662. A public client learns of its own tokens only.
    private func introspect(_ request: Request) async throws -> Response {
        let (client, form) = try await caller(request)
        let token = try Self.required("token", form)
        guard let found = try await introspection(of: token),
            client.isConfidential || found.client == client.id
        else { return try JSONAnswer.make(["active": false]) }
        return try JSONAnswer.make(found)
    }

    private func introspection(of token: String) async throws -> Introspection? {
        if let (access, session) = try await issuer.session(of: token) {
            return Introspection(access, session, enterpriseID: issuer.enterpriseID(of: session.principal))
        }
        guard let session = try await grants.session(ofRefreshToken: token),
            issuer.standing(of: session) != .shut
        else { return nil }
        return Introspection(refreshing: session, issuer: issuer.issuer)
    }

    /// RFC 7009: the session ends, and with it every token that comes from it. A token that means nothing is no error.
    private func revoke(_ request: Request) async throws -> Response {
        let (client, form) = try await caller(request)
        let token = try Self.required("token", form)
        var session = try await grants.session(ofRefreshToken: token)
        if session == nil { session = try await issuer.session(of: token)?.session }
        if let session, session.client == client.id { try await grants.end(session.id) }
        return Response(status: .ok, headers: [.cacheControl: "no-store"])
    }

    private func caller(_ request: Request) async throws -> (Client, FormFields) {
        guard request.isForm else {
            throw OAuthError(.invalidRequest, "The body must be application/x-www-form-urlencoded.")
        }
        let form = try await request.bodyForm()
        if let excess = FieldLimits.excess(form) { throw OAuthError(.invalidRequest, excess.sentence) }
        if let name = form.repeated { throw OAuthError(.invalidRequest, "\(name) is given more than once.") }
        return (try authentication.client(request, form), form)
    }

    private static func required(_ name: String, _ form: FormFields) throws(OAuthError) -> String {
        guard let value = form[name] else { throw OAuthError(.invalidRequest, "\(name) is missing.") }
        return value
    }
}

/// What a live token is worth (RFC 7662 §2.2).
private struct Introspection: Encodable {
    let active = true
    let tokenType: String
    let iss: String
    let sub: String
    let client: String
    let scope: String
    let sid: String
    let username: String?
    var aud: String?
    var exp: Int64?
    var iat: Int64?
    var jti: String?
    var enterpriseID: String?
    var identityProvider: String?
    var tenant: String?

    enum CodingKeys: String, CodingKey {
        case active, iss, sub, scope, sid, username, aud, exp, iat, jti
        case tokenType = "token_type"
        case client = "client_id"
        case enterpriseID = "enterprise_id"
        case identityProvider = "idp_id"
        case tenant = "tenant_id"
    }

    init(_ token: AccessToken, _ session: Session, enterpriseID: String?) {
        self.init(session, type: "Bearer", issuer: token.iss)
        aud = token.aud
        exp = token.exp
        iat = token.iat
        jti = token.jti
        self.enterpriseID = enterpriseID
    }

    init(refreshing session: Session, issuer: String) {
        self.init(session, type: "refresh_token", issuer: issuer)
    }

    private init(_ session: Session, type: String, issuer: String) {
        tokenType = type
        iss = issuer
        sub = session.principal.id.description
        client = session.client
        scope = session.scope
        sid = session.id
        username = session.principal.username
        identityProvider = session.principal.identityProvider.description
        tenant = session.principal.tenant.description
    }
}
