import HTTPTypes
import Hummingbird
import Runtime
import Sealing

/// `/oauth2/userinfo`: who the bearer of an access token is (OpenID Connect Core §5.3).
struct UserinfoRoutes: Sendable {
    let issuer: TokenIssuer

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/oauth2/userinfo") { request, _ in try await answer(request) }
        router.post("/oauth2/userinfo") { request, _ in try await answer(request) }
    }

    private func answer(_ request: Request) async throws -> Response {
        guard let token = request.bearerToken?.withValue(\.self) else {
            throw OAuthError(.invalidToken, "An access token is needed.", challenge: .bearer)
        }
        guard let (access, session) = try await issuer.session(of: token) else {
            throw OAuthError(.invalidToken, "The token has expired, or its session has ended.", challenge: .bearer)
        }
        return try JSONAnswer.make(issuer.claims(of: session.principal, for: Scope(access.scope)))
    }
}
