import Hummingbird

/// The page behind the QR code: an administrator confirms there that a provider may develop an app for the corp.
struct AuthorizationPages: Sendable {
    let simulator: Simulator

    func addRoutes(to router: Router<SimulatorContext>) {
        router.get("customized-auth/:id") { try show($0, context: $1) }
        router.post("customized-auth/:id") { try await confirm($0, context: $1) }
    }

    private func show(_ request: Request, context: SimulatorContext) throws -> Response {
        guard let link = try? link(context) else { return lapsed }
        return Page.form(
            "授权代开发应用",
            action: request.uri.path,
            note: "授权后，服务商将为企业开发应用：\(link.templateIDs.joined(separator: "、"))",
            fields: [.text("corpid", "企业 ID"), .text("account", "管理员账号"), .password("password", "密码")],
            buttons: [("confirm", "确认授权")]
        )
    }

    private func confirm(_ request: Request, context: SimulatorContext) async throws -> Response {
        guard let link = try? link(context) else { return lapsed }
        let form = try await Form(request)
        let account = Account(name: form["account"], password: form["password"])
        do {
            var lines: [String] = []
            for templateID in link.templateIDs {
                let delivery = try await simulator.authorize(
                    templateID,
                    state: link.state,
                    corpID: form["corpid"],
                    account: account
                )
                lines.append(
                    delivery.isAccepted
                        ? "授权成功：服务商已确认" : "服务商未确认：\(delivery.status ?? 0) \(delivery.body)\(delivery.failure)"
                )
            }
            return Page.message("授权代开发应用", lines)
        } catch Simulator.AuthorizationFailure.unknownCorp {
            return Page.error("企业不存在", status: .forbidden)
        } catch Simulator.AuthorizationFailure.wrongPassword {
            return Page.error("管理员账号或密码错误", status: .forbidden)
        } catch Simulator.AuthorizationFailure.unknownTemplate {
            return Page.error("模板不存在", status: .notFound)
        }
    }

    private var lapsed: Response { Page.error("二维码已失效", status: .notFound) }

    private func link(_ context: SimulatorContext) throws -> AuthorizationLink {
        try simulator.authorizations.links.meaning(of: try context.parameters.require("id"))
    }
}
