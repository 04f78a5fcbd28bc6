import Crypto
import FoundationEssentials
import JWTKit
import Messages
import Pipeline
import Sealing

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
        let refreshToken: String?
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
    ///
    /// - Parameters:
    ///   - client: Whose grant it is.
    ///   - scope: What these tokens are for, where the client asks for less than was granted.
    func answer(
        _ grant: Grant,
        to client: Client,
        for scope: Scope? = nil,
        now: Timestamp = .now
    ) async throws -> Answer {
        let session = grant.session
        // A client that has lost a scope gets no more of it, by whatever session.
        let scope = (scope ?? session.scope).limited(to: client.scope)
        let seconds = now.millisecondsSince1970 / 1_000
        let access = AccessToken(
            iss: issuer,
            sub: session.principal.id.description,
            aud: scope.contains(.registry) ? Audience(issuer, Audience.registry) : Audience(issuer),
            exp: seconds + Self.lifetime,
            iat: seconds,
            jti: UUIDv7.make().uuidString.lowercased(),
            client: session.client,
            scope: scope.description,
            sid: session.id
        )
        let accessToken = try await keys.sign(access, type: AccessToken.type)
        let id = IDToken(
            iss: issuer,
            aud: session.client,
            azp: session.client,
            exp: seconds + Self.lifetime,
            iat: seconds,
            nonce: grant.nonce,
            authTime: session.authenticatedAt,
            acr: IDToken.authenticationContext,
            amr: ["wecom"],
            sid: session.id,
            accessTokenHash: Self.hash(of: accessToken),
            person: claims(of: session.principal, for: scope)
        )
        return Answer(
            accessToken: accessToken,
            tokenType: "Bearer",
            expiresIn: Self.lifetime,
            refreshToken: grant.refreshToken?.text,
            idToken: try await keys.sign(id, type: IDToken.type, by: client.configuration.idTokenAlgorithm),
            scope: scope.description
        )
    }

    /// `at_hash`: the left half of the digest of all algorithms here (OpenID Connect Core §3.1.3.6).
    private static func hash(of accessToken: String) -> String {
        Base64URL.encode(SHA256.hash(data: Data(accessToken.utf8)).prefix(16))
    }

    /// What a client may know of a person. What the identity provider's settings keep in the directory is told no more at
    /// once, whatever is known of the person yet.
    func claims(of principal: Principal, for scope: Scope) -> PersonClaims {
        let configuration = configurations.configuration(principal.identityProvider)
        let told = configuration?.tellsContactDetails == true ? scope : scope.without([.phone, .address])
        return PersonClaims(principal, enterpriseID: configuration?.enterpriseID, for: told)
    }

    /// What the person's tenant types.
    func enterpriseID(of principal: Principal) -> EnterpriseID? {
        configurations.configuration(principal.identityProvider)?.enterpriseID
    }

    /// An ID token that was issued here, however old it is; `nil` for anything else.
    func idToken(_ text: String) async throws -> IDToken? {
        guard let token = try await keys.verify(text, type: IDToken.type, as: IDToken.self), token.iss == issuer else {
            return nil
        }
        return token
    }

    /// The session behind an access token that still counts: ours, for us, in time, of a live session, of an identity
    /// provider that is not shut. One whose configuration is not known goes on as it is. What the client has lost since it
    /// was issued is no part of the token's scope, and a token for the registry counts no more without that scope.
    func session(of token: String, now: Timestamp = .now) async throws -> (token: AccessToken, session: Session)? {
        guard var access = try await keys.verify(token, type: AccessToken.type, as: AccessToken.self),
            access.iss == issuer, access.aud.contains(issuer), access.exp > now.millisecondsSince1970 / 1_000,
            let session = try await sessions.live(access.sid), standing(of: session.principal) != .shut
        else { return nil }
        let scope = Scope(access.scope).limited(to: session.scope)
        guard scope.contains(.registry) || !access.aud.contains(Audience.registry) else { return nil }
        access.scope = scope.description
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

    /// What the person's identity provider says now, whatever the tables say yet.
    func standing(of principal: Principal) -> Standing {
        guard let configuration = configurations.configuration(principal.identityProvider) else {
            return .unknown
        }
        let isPast = principal.generation < configuration.generation
        return configuration.isShut || isPast ? .shut : .open
    }
}
