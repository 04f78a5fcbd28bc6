import HTTPTypes
import Hummingbird
import Messages
import Runtime
import Web

/// `/oauth2/end-session`: logging off (OpenID Connect RP-Initiated Logout 1.0).
struct EndSessionRoutes: Sendable {
    let clients: ClientStore
    let grants: GrantStore
    let pages: Pages
    let issuer: TokenIssuer

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/oauth2/end-session") { request, _ in try await end(request.queryForm) }
        router.post("/oauth2/end-session") { request, _ in try await end(request.bodyForm()) }
    }

    /// Ends the session of the ID token, however old that is, and those that the same logon began in the same browser;
    /// without one there is no session that the browser could mean. Goes on only from a session that was ended, to an
    /// address that its client registered for that: anybody can send people here.
    private func end(_ form: FormFields) async throws -> Response {
        if let excess = FieldLimits.excess(form) { return untrusted(excess.page) }
        var client: Client?
        if let hint = form["id_token_hint"] {
            guard let token = try await issuer.idToken(hint), form["client_id"] ?? token.aud == token.aud else {
                return untrusted(
                    .init(chinese: "id_token_hint 无效。", english: "The id_token_hint is not one that was issued here.")
                )
            }
            client = try await clients.find(token.aud)
            try await grants.logOff(token.sid)
        }
        guard let uri = form["post_logout_redirect_uri"] else { return pages.response(.loggedOff) }
        guard let client, client.configuration.postLogoutRedirectURIs.contains(uri) else {
            return untrusted(
                .init(
                    chinese: "缺少 id_token_hint，或返回地址（post_logout_redirect_uri）与注册的地址不一致。",
                    english: "The id_token_hint is missing, or the address to return to (post_logout_redirect_uri) is "
                        + "not one that the application registered."
                )
            )
        }
        return PageResponse.redirect(to: PercentEncoding.url(uri, [("state", form["state"])]))
    }

    private func untrusted(_ page: Page.Untrusted) -> Response {
        pages.response(.untrusted(page), status: .badRequest)
    }
}
