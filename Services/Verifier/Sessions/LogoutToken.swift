import JWTKit
import Messages

/// Tells a client that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.4).
struct LogoutToken: JWTPayload, Equatable {
    static let type = "logout+jwt"

    let iss: String
    let sub: String
    let aud: String
    let iat: Int64
    let exp: Int64
    let jti: String
    let sid: String
    let events: [String: [String: String]]

    /// How long it counts, in seconds.
    private static let lifetime: Int64 = 120
    private static let event = "http://schemas.openid.net/event/backchannel-logout"

    /// - Parameter seconds: When it is made, since 1970.
    init(of notice: LogoutNotice, issuer: String, id: String, at seconds: Int64) {
        iss = issuer
        sub = notice.user.description
        aud = notice.client
        iat = seconds
        exp = seconds + Self.lifetime
        jti = id
        sid = notice.session
        events = [Self.event: [:]]
    }

    /// Times are checked by who gets it.
    func verify(using algorithm: some JWTAlgorithm) {}
}
