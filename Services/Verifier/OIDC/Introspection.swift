import Messages

/// What a live token is worth (RFC 7662 §2.2).
struct Introspection: Encodable {
    let active = true
    /// How it is used where it is shown; a refresh token is shown nowhere.
    let tokenType: String?
    let iss: String
    let sub: String
    let client: String
    var scope: String
    let sid: String
    let username: String?
    var aud: Audience?
    var exp: Int64?
    var iat: Int64?
    var jti: String?
    var enterpriseID: String?
    let identityProvider: String
    let tenant: TenantID

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
        scope = token.scope
        aud = token.aud
        exp = token.exp
        iat = token.iat
        jti = token.jti
        self.enterpriseID = enterpriseID
    }

    init(refreshing session: Session, issuer: String) {
        self.init(session, type: nil, issuer: issuer)
    }

    private init(_ session: Session, type: String?, issuer: String) {
        tokenType = type
        iss = issuer
        sub = session.principal.id.description
        client = session.client
        scope = session.scope.description
        sid = session.id
        username = session.principal.username
        identityProvider = session.principal.identityProvider.description
        tenant = session.principal.tenant
    }
}
