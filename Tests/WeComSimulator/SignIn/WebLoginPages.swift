import Hummingbird

/// The web login in a desktop browser, where a person types account and password (wecom.md §4.2, §4.3).
struct WebLoginPages: Sendable {
    private static let paths = ["wwlogin/sso/login", "wwopen/sso/qrConnect", "wwopen/sso/v1/qrConnect"]

    let simulator: Simulator

    func addRoutes(to router: Router<SimulatorContext>) {
        for path in Self.paths {
            router.get(RouterPath(path)) { request, _ in show(request) }
            router.post(RouterPath(path)) { request, _ in try await signIn(request) }
        }
    }

    private func show(_ request: Request) -> Response {
        do throws(SignInRequest.Failure) {
            _ = try read(request)
            return page(request)
        } catch {
            return refuse(error)
        }
    }

    private func signIn(_ request: Request) async throws -> Response {
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
            guard link.isVisible(person) else {
                return Page.error("你没有权限登录该应用：不在应用的可见范围内", status: .forbidden)
            }
            return link.redirect(code: link.code(for: person, showsPrivateFields: false, in: simulator))
        } catch {
            return page(request, error: error.rawValue)
        }
    }

    private func read(_ request: Request) throws(SignInRequest.Failure) -> SignInRequest {
        let isCurrent = request.uri.path.hasSuffix("/login")
        guard !isCurrent || request.uri.queryParameters["login_type"] == "CorpApp" else { throw .wrongLoginType }
        return try SignInRequest(request, in: simulator, needsAgent: true)
    }

    private func page(_ request: Request, error: String = "") -> Response {
        Page.form(
            "企业微信登录",
            action: request.uri.string,
            error: error,
            fields: [.text("account", "账号"), .password("password", "密码")],
            buttons: [("allow", "登录"), ("deny", "取消")]
        )
    }

    private func refuse(_ failure: SignInRequest.Failure) -> Response {
        Page.error("\(failure.text)（\(failure.code)）", status: .badRequest)
    }
}
