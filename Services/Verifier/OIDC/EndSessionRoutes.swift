import HTTPTypes
import Hummingbird
import Runtime
import Web

/// `/oauth2/end-session`: logging off (OpenID Connect RP-Initiated Logout 1.0).
struct EndSessionRoutes: Sendable {
    let clients: Clients
    let keys: KeyRing
    let grants: GrantStore
    let pages: Pages
    let issuer: String

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/oauth2/end-session") { request, _ in try await end(request.queryForm) }
        router.post("/oauth2/end-session") { request, _ in try await end(request.bodyForm()) }
    }

    /// Ends the session of the ID token, however old that is; without one there is no session that the browser could
    /// mean. Goes on only to an address that the client registered.
    private func end(_ form: FormFields) async throws -> Response {
        if let excess = FieldLimits.excess(form) { return untrusted(excess.page) }
        var client = form["client_id"].flatMap { clients[$0] }
        if let hint = form["id_token_hint"] {
            guard let token = try await keys.verify(hint, type: IDToken.type, as: IDToken.self), token.iss == issuer,
                client == nil || client?.id == token.aud
            else {
                return untrusted(
                    .init(chinese: "id_token_hint 无效。", english: "The id_token_hint is not one that was issued here.")
                )
            }
            client = clients[token.aud]
            try await grants.end(token.sid)
        }
        guard let uri = form["post_logout_redirect_uri"] else { return pages.response(.loggedOff) }
        guard let client, (client.postLogoutRedirectURIs + client.redirectURIs).contains(uri) else {
            return untrusted(
                .init(
                    chinese: "返回地址（post_logout_redirect_uri）与注册的地址不一致。",
                    english:
                        "The address to return to (post_logout_redirect_uri) is not one that the application registered."
                )
            )
        }
        return .redirect(to: PercentEncoding.url(uri, [("state", form["state"])]), type: .found)
    }

    private func untrusted(_ page: Page.Untrusted) -> Response {
        pages.response(.untrusted(page), status: .badRequest)
    }
}
