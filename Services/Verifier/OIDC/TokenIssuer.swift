import FoundationEssentials
import JWTKit
import Messages
import Pipeline

/// Makes the tokens of a grant, and tells what an access token is worth.
struct TokenIssuer: Sendable {
    /// Who signs: `PUBLIC_URL`.
    let issuer: String
    let keys: KeyRing
    let sessions: SessionStore
    let configurations: ConfigurationTable

    /// How long access and ID tokens count, in seconds.
    static let lifetime: Int64 = 600

    /// The answer of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
    struct Answer: Codable, Sendable {
        let accessToken: String
        let tokenType: String
        let expiresIn: Int64
        let refreshToken: String
        let idToken: String
        let scope: String

        enum CodingKeys: String, CodingKey {
            case scope
            case accessToken = "access_token"
            case tokenType = "token_type"
            case expiresIn = "expires_in"
            case refreshToken = "refresh_token"
            case idToken = "id_token"
        }
    }

    /// The tokens of a grant.
    func answer(_ grant: Grant, now: Timestamp = .now) async throws -> Answer {
        let session = grant.session
        let seconds = now.millisecondsSince1970 / 1_000
        let access = AccessToken(
            iss: issuer,
            sub: session.principal.id.description,
            aud: issuer,
            exp: seconds + Self.lifetime,
            iat: seconds,
            jti: UUID().uuidString.lowercased(),
            client: session.client,
            scope: session.scope,
            sid: session.id
        )
        return Answer(
            accessToken: try await keys.sign(access, type: AccessToken.type),
            tokenType: "Bearer",
            expiresIn: Self.lifetime,
            refreshToken: grant.refreshToken.text,
            idToken: try await keys.sign(idToken(of: session, nonce: grant.nonce, at: seconds), type: IDToken.type),
            scope: session.scope
        )
    }

    private func idToken(of session: Session, nonce: String?, at seconds: Int64) -> IDToken {
        let principal = session.principal
        return IDToken(
            iss: issuer,
            sub: principal.id.description,
            aud: session.client,
            exp: seconds + Self.lifetime,
            iat: seconds,
            nonce: nonce,
            authTime: session.authenticatedAt,
            sid: session.id,
            name: principal.name,
            preferredUsername: principal.username,
            email: principal.email,
            enterpriseID: enterpriseID(of: principal),
            identityProvider: principal.identityProvider.description,
            tenant: principal.tenant.description,
            externalID: principal.externalID
        )
    }

    /// What the person's tenant types.
    func enterpriseID(of principal: Principal) -> String? {
        configurations.configuration(principal.identityProvider)?.enterpriseID.description
    }

    /// The session behind an access token that still counts: ours, in time, of a live session, of an identity
    /// provider that is not shut. One whose configuration is not known goes on as it is.
    func session(of token: String, now: Timestamp = .now) async throws -> (token: AccessToken, session: Session)? {
        guard let access = try await keys.verify(token, type: AccessToken.type, as: AccessToken.self),
            access.iss == issuer, access.exp > now.millisecondsSince1970 / 1_000,
            let session = try await sessions.live(access.sid), standing(of: session) != .shut
        else { return nil }
        return (access, session)
    }

    /// What the configuration of an identity provider says to its sessions.
    enum Standing {
        /// They go on.
        case open
        /// They are over.
        case shut
        /// The configuration is not known, of which nothing follows: they stay, and get no new tokens for now.
        case unknown
    }

    /// What the session's identity provider says now, whatever the tables say yet.
    func standing(of session: Session) -> Standing {
        guard let configuration = configurations.configuration(session.principal.identityProvider) else {
            return .unknown
        }
        let isPast = session.principal.generation < configuration.generation
        return configuration.isShut || isPast ? .shut : .open
    }
}
