import HTTPTypes
import Hummingbird
import Messages
import Pipeline
import Web

/// `/oauth2/authorize`: checks what a client asks for, and sends the person to the logon pages.
struct AuthorizeRoutes: Sendable {
    let clients: Clients
    let states: LogonStateStore
    let logon: Logon
    let pages: Pages
    let cookies: Browser.Cookies
    let links: LogonLinks

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/oauth2/authorize") { request, _ in
            try await authorize(request, request.queryForm)
        }
        router.post("/oauth2/authorize") { request, _ in
            try await authorize(request, request.bodyForm())
        }
    }

    private func authorize(_ request: Request, _ form: FormFields) async throws -> Response {
        let origin: AuthorizationRequest.Return
        do {
            origin = try AuthorizationRequest.whereabouts(form, clients: clients)
        } catch {
            return pages.response(.untrusted(error.page), status: .badRequest)
        }
        do {
            return try await begin(AuthorizationRequest(form, from: origin), request, form)
        } catch let error as OAuthError {
            return .redirect(to: origin.address(of: error, issuer: links.publicURL), type: .found)
        }
    }

    private func begin(_ wanted: AuthorizationRequest, _ request: Request, _ form: FormFields) async throws -> Response
    {
        let known = cookies.browser(of: request)
        let browser = known ?? Browser(ticket: .make())
        let ticket = try await states.keep(wanted, browser: browser)
        var response = Response.redirect(to: next(form, ticket: ticket.text), type: .found)
        response.headers[.cacheControl] = "no-store"
        if known == nil { response.setCookie(cookies.cookie(for: browser)) }
        return response
    }

    /// The page that the client's hints lead to.
    private func next(_ form: FormFields, ticket: String) -> String {
        let idp = form["idp"].flatMap { IdentityProviderID($0) }
        let named = form["enterprise_id"].flatMap { EnterpriseID($0) }
        guard let enterprise = named ?? idp.flatMap({ logon.configurations.configuration($0)?.enterpriseID }) else {
            return links.enterprise(request: ticket)
        }
        return links.options(enterprise, idp: idp?.description, request: ticket)
    }
}

extension UntrustedRequest {
    fileprivate var page: Page.Untrusted {
        switch self {
        case .unknownClient:
            Page.Untrusted(
                chinese: "应用（client_id）未在此注册。",
                english: "The application (client_id) is not registered here."
            )
        case .tooLong(let excess): excess.page
        case .unknownRedirect:
            Page.Untrusted(
                chinese: "返回地址（redirect_uri）与注册的地址不一致。",
                english: "The address to return to (redirect_uri) is not one that the application registered."
            )
        }
    }
}
