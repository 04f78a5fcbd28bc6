import JWTKit

/// What an ID token says (OpenID Connect Core §2): of the logon, and of the person.
struct IDToken: JWTPayload, Equatable {
    static let type = "JWT"
    /// How people are authenticated: by WeCom, which does not tell whether by password, code or phone.
    static let authenticationContext = "urn:wecombridge:acr:wecom"

    let iss: String
    let aud: String
    let azp: String
    let exp: Int64
    let iat: Int64
    let nonce: String?
    let authTime: Int64
    let acr: String
    let amr: [String]
    let sid: String
    let accessTokenHash: String
    let person: PersonClaims

    enum CodingKeys: String, CodingKey {
        case iss, aud, azp, exp, iat, nonce, acr, amr, sid
        case authTime = "auth_time"
        case accessTokenHash = "at_hash"
    }

    /// Times are checked by who asks.
    func verify(using algorithm: some JWTAlgorithm) {}
}

extension IDToken {
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        iss = try container.decode(String.self, forKey: .iss)
        aud = try container.decode(String.self, forKey: .aud)
        azp = try container.decode(String.self, forKey: .azp)
        exp = try container.decode(Int64.self, forKey: .exp)
        iat = try container.decode(Int64.self, forKey: .iat)
        nonce = try container.decodeIfPresent(String.self, forKey: .nonce)
        authTime = try container.decode(Int64.self, forKey: .authTime)
        acr = try container.decode(String.self, forKey: .acr)
        amr = try container.decode([String].self, forKey: .amr)
        sid = try container.decode(String.self, forKey: .sid)
        accessTokenHash = try container.decode(String.self, forKey: .accessTokenHash)
        person = try PersonClaims(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try person.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(iss, forKey: .iss)
        try container.encode(aud, forKey: .aud)
        try container.encode(azp, forKey: .azp)
        try container.encode(exp, forKey: .exp)
        try container.encode(iat, forKey: .iat)
        try container.encodeIfPresent(nonce, forKey: .nonce)
        try container.encode(authTime, forKey: .authTime)
        try container.encode(acr, forKey: .acr)
        try container.encode(amr, forKey: .amr)
        try container.encode(sid, forKey: .sid)
        try container.encode(accessTokenHash, forKey: .accessTokenHash)
    }
}

/// What an access token says (RFC 9068). Whether it still counts depends on the session `sid`.
struct AccessToken: JWTPayload, Equatable {
    static let type = "at+jwt"

    let iss: String
    let sub: String
    let aud: Audience
    let exp: Int64
    let iat: Int64
    let jti: String
    let client: String
    var scope: String
    let sid: String

    enum CodingKeys: String, CodingKey {
        case iss, sub, aud, exp, iat, jti, scope, sid
        case client = "client_id"
    }

    /// Times are checked by who asks.
    func verify(using algorithm: some JWTAlgorithm) {}
}
