import JWTKit

/// What an ID token says (OpenID Connect Core §2).
struct IDToken: JWTPayload, Equatable {
    static let type = "JWT"

    let iss: String
    let sub: String
    let aud: String
    let exp: Int64
    let iat: Int64
    let nonce: String?
    let authTime: Int64
    let sid: String
    let name: String?
    let preferredUsername: String?
    let email: String?
    let enterpriseID: String?
    let identityProvider: String
    let tenant: String
    let externalID: String

    enum CodingKeys: String, CodingKey {
        case iss, sub, aud, exp, iat, nonce, sid, name, email
        case authTime = "auth_time"
        case preferredUsername = "preferred_username"
        case enterpriseID = "enterprise_id"
        case identityProvider = "idp_id"
        case tenant = "tenant_id"
        case externalID = "external_id"
    }

    /// Times are checked by who asks.
    func verify(using algorithm: some JWTAlgorithm) {}
}

/// What an access token says (RFC 9068). Whether it still counts depends on the session `sid`.
struct AccessToken: JWTPayload, Equatable {
    static let type = "at+jwt"

    let iss: String
    let sub: String
    let aud: String
    let exp: Int64
    let iat: Int64
    let jti: String
    let client: String
    let scope: String
    let sid: String

    enum CodingKeys: String, CodingKey {
        case iss, sub, aud, exp, iat, jti, scope, sid
        case client = "client_id"
    }

    /// Times are checked by who asks.
    func verify(using algorithm: some JWTAlgorithm) {}
}
