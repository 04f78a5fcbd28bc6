import HTTPTypes
import Hummingbird
import Messages
import Runtime
import Sealing

/// `/oauth2/userinfo`: who the bearer of an access token is (OpenID Connect Core §5.3).
struct UserinfoRoutes: Sendable {
    let issuer: TokenIssuer

    /// The person's claims.
    private struct Claims: Encodable {
        let sub: String
        let name: String?
        let preferredUsername: String?
        let email: String?
        let enterpriseID: String?
        let identityProvider: String
        let tenant: String
        let externalID: String

        enum CodingKeys: String, CodingKey {
            case sub, name, email
            case preferredUsername = "preferred_username"
            case enterpriseID = "enterprise_id"
            case identityProvider = "idp_id"
            case tenant = "tenant_id"
            case externalID = "external_id"
        }
    }

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/oauth2/userinfo") { request, _ in try await answer(request) }
        router.post("/oauth2/userinfo") { request, _ in try await answer(request) }
    }

    private func answer(_ request: Request) async throws -> Response {
        guard let token = request.bearerToken?.withValue(\.self) else {
            throw OAuthError(.invalidToken, "An access token is needed.", challenge: .bearer)
        }
        guard let (_, session) = try await issuer.session(of: token) else {
            throw OAuthError(.invalidToken, "The token has expired, or its session has ended.", challenge: .bearer)
        }
        let principal = session.principal
        return try JSONAnswer.make(
            Claims(
                sub: principal.id.description,
                name: principal.name,
                preferredUsername: principal.username,
                email: principal.email,
                enterpriseID: issuer.enterpriseID(of: principal),
                identityProvider: principal.identityProvider.description,
                tenant: principal.tenant.description,
                externalID: principal.externalID
            )
        )
    }
}
