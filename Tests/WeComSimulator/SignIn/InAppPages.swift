import Hummingbird

/// The OAuth link that opens inside the WeCom client (wecom.md §4.1). Who holds the phone, the client knows; here a
/// person says so once, and a cookie remembers it.
struct InAppPages: Sendable {
    private static let path = "connect/oauth2/authorize"
    private static let cookie = "simulated_member"

    let simulator: Simulator

    func addRoutes(to router: Router<SimulatorContext>) {
        router.get(RouterPath(Self.path)) { request, _ in show(request) }
        router.post(RouterPath(Self.path)) { request, _ in try await agree(request) }
    }

    private func show(_ request: Request) -> Response {
        do throws(SignInRequest.Failure) {
            let link = try read(request)
            guard !asksForPrivateFields(request), let person = remembered(request, link) else { return page(request) }
            return link.redirect(code: link.code(for: person, showsPrivateFields: false, in: simulator))
        } catch {
            return refuse(error)
        }
    }

    private func agree(_ request: Request) async throws -> Response {
        let form = try await Form(request)
        do throws(SignInRequest.Failure) {
            let link = try read(request)
            guard form["action"] != "deny" else { return link.redirect(code: nil) }
            return admit(Account(name: form["account"], password: form["password"]), link, request)
        } catch {
            return refuse(error)
        }
    }

    private func admit(_ account: Account, _ link: SignInRequest, _ request: Request) -> Response {
        do throws(Credentials.Failure) {
            let person = try Credentials.check(account, in: link.corp)
            let isPrivate = asksForPrivateFields(request) && link.agent != nil && link.isVisible(person)
            var response = link.redirect(code: link.code(for: person, showsPrivateFields: isPrivate, in: simulator))
            let value = "\(link.corp.id)/\(account.name)"
            response.setCookie(Cookie(name: Self.cookie, value: value, path: "/", httpOnly: true))
            return response
        } catch {
            return page(request, error: error.rawValue)
        }
    }

    private func read(_ request: Request) throws(SignInRequest.Failure) -> SignInRequest {
        let query = request.uri.queryParameters
        guard query["response_type"] == "code" else { throw .wrongResponseType }
        let scopes = ["snsapi_base", "snsapi_userinfo", "snsapi_privateinfo"]
        guard let scope = query["scope"], scopes.contains(String(scope)) else { throw .wrongScope }
        return try SignInRequest(request, in: simulator, needsAgent: scope == "snsapi_privateinfo")
    }

    private func asksForPrivateFields(_ request: Request) -> Bool {
        request.uri.queryParameters["scope"] == "snsapi_privateinfo"
    }

    /// Who signed in here before, if it was into this corp.
    private func remembered(_ request: Request, _ link: SignInRequest) -> SignedIn? {
        guard let parts = request.cookies[Self.cookie]?.value.split(separator: "/"), parts.count == 2,
            parts[0] == link.corp.id
        else { return nil }
        let account = Account(ofUser: String(parts[1]))
        return try? Credentials.check(account, in: link.corp)
    }

    private func page(_ request: Request, error: String = "") -> Response {
        Page.form(
            "企业微信授权",
            action: request.uri.string,
            note: asksForPrivateFields(request) ? "应用申请获取你的敏感信息" : "",
            error: error,
            fields: [.text("account", "账号"), .password("password", "密码")],
            buttons: [("allow", "允许"), ("deny", "拒绝")]
        )
    }

    private func refuse(_ failure: SignInRequest.Failure) -> Response {
        Page.error(failure.text, status: .badRequest)
    }
}
