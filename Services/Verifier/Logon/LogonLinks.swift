import HTTPTypes
import Hummingbird
import Messages
import Runtime
import WeCom

/// The addresses that a logon goes through.
struct LogonLinks: Sendable {
    /// `PUBLIC_URL`, an origin.
    let publicURL: String
    /// `WECOM_LOGIN_URL`: the page of a browser.
    let loginURL: String
    /// `WECOM_OAUTH_URL`: the page within WeCom.
    let oauthURL: String

    /// Where WeCom sends the person back to; its host must be the app's trusted domain.
    var callback: String { publicURL + "/logon/callback" }

    /// The identity providers of an enterprise, or one of them.
    func options(_ enterprise: EnterpriseID, idp: String? = nil, request: String?) -> String {
        PercentEncoding.url(publicURL + "/logon/\(enterprise)", [("idp", idp), ("request", request)])
    }

    /// The page where the enterprise ID is typed.
    func enterprise(request: String?) -> String { publicURL + Self.path(enterprise: request) }

    /// The page where the code of a device is typed, or where that device is let in.
    func device(_ code: UserCode?, choosesAccount: Bool = false) -> String {
        PercentEncoding.url(
            publicURL + "/device",
            [("user_code", code?.text), ("account", choosesAccount ? "other" : nil)]
        )
    }

    /// The path of the page where the enterprise ID is typed.
    static func path(enterprise request: String?) -> String { PercentEncoding.url("/logon", [("request", request)]) }

    /// The path of the way to WeCom.
    static func path(start idp: IdentityProviderID, of enterprise: EnterpriseID, request: String?) -> String {
        PercentEncoding.url("/logon/\(enterprise)/start", [("idp", idp.description), ("request", request)])
    }

    /// WeCom's page for the browser in hand: within WeCom the one that goes back at once (`wecom.md` §4.1, §4.2).
    ///
    /// - Parameter language: What the client asked for; else the browser's decides.
    /// - Throws: `InvalidIdentifier` where the connection has none of WeCom's ids.
    func wecom(
        _ connection: WeComConnection,
        state: Ticket,
        request: Request,
        in language: PageLanguage?
    ) throws -> String {
        let corpID = try CorpID(connection.corpID)
        let agentID = try AgentID(Int(connection.agentID))
        let agent = (request.headers[.userAgent] ?? "").lowercased()
        if agent.contains("wxwork") {
            return try SignInLinks.inApp(
                oauthURL: oauthURL,
                corpID: corpID,
                agentID: agentID,
                redirect: callback,
                state: state.text
            )
        }
        let browsers = (request.headers[.acceptLanguage] ?? "zh").lowercased().hasPrefix("zh")
        let isChinese = language.map { $0 == .chinese } ?? browsers
        return try SignInLinks.webLogin(
            loginURL: loginURL,
            corpID: corpID,
            agentID: agentID,
            redirect: callback,
            state: state.text,
            language: isChinese ? .chinese : .english
        )
    }

    /// Back to the client with a code.
    func granted(_ request: AuthorizationRequest, code: Ticket) -> AuthorizationAnswer {
        answer(request, [("code", code.text), ("state", request.state)])
    }

    /// Back to the client without one.
    func refused(_ request: AuthorizationRequest, _ reason: LogonReason) -> AuthorizationAnswer {
        let code: OAuthError.Code =
            switch reason {
            case .internal: .serverError
            case .configurationUnknown, .serviceUnavailable, .wecomUnavailable, .tooManyTries: .temporarilyUnavailable
            case .otherPerson: .loginRequired
            default: .accessDenied
            }
        return answer(
            request,
            [("error", code.rawValue), ("error_description", reason.rawValue), ("state", request.state)]
        )
    }

    private func answer(_ request: AuthorizationRequest, _ fields: [(String, String?)]) -> AuthorizationAnswer {
        AuthorizationAnswer(
            redirectURI: request.redirectURI,
            responseMode: request.responseMode,
            fields: fields + [("iss", publicURL)]
        )
    }

    /// Where another attempt for the same client begins; `nil` where it has to begin at the client.
    ///
    /// - Parameter ticket: What the client asked for, as the pages carry it.
    func again(after refusal: Refusal, carrying ticket: String?) -> String? {
        switch refusal.reason {
        case .stateUnknown: return nil
        case .stateExpired where ticket == nil, .stateReplayed where ticket == nil: return nil
        case .unknownEnterprise: return Self.path(enterprise: ticket)
        default: break
        }
        guard let enterprise = refusal.enterprise else { return Self.path(enterprise: ticket) }
        return PercentEncoding.url("/logon/\(enterprise)", [("choose", "yes"), ("request", ticket)])
    }
}
