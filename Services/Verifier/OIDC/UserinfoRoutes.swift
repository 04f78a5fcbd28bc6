import HTTPTypes
import Hummingbird
import Runtime
import Sealing
import Web

/// `/oauth2/userinfo`: who the bearer of an access token is (OpenID Connect Core §5.3).
struct UserinfoRoutes: Sendable {
    let issuer: TokenIssuer

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/oauth2/userinfo") { request, _ in try await answer(request) }
        router.post("/oauth2/userinfo") { request, _ in try await answer(request) }
    }

    private func answer(_ request: Request) async throws -> Response {
        guard let (access, session) = try await issuer.session(of: token(of: request)) else {
            throw OAuthError(.invalidToken, "The token has expired, or its session has ended.", challenge: .bearer)
        }
        return try JSONAnswer.make(issuer.claims(of: session.principal, for: Scope(access.scope)))
    }

    /// The token of the header, or of a form that was posted (RFC 6750 §2). One in an address is not taken: logs and
    /// histories keep those.
    private func token(of request: Request) async throws -> String {
        let shown = request.bearerToken?.withValue(\.self)
        var posted: String?
        if request.method == .post, request.isForm { posted = try await request.bodyForm()["access_token"] }
        if shown != nil, posted != nil {
            throw OAuthError(.invalidRequest, "The access token is given in two ways at once.", challenge: .bearer)
        }
        guard let token = shown ?? posted else {
            throw OAuthError(.invalidToken, "An access token is needed.", challenge: .bearerOfNone)
        }
        return token
    }
}
