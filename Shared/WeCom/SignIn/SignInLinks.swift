import Runtime

/// Where a browser is sent to sign in through WeCom (wecom.md §4.1, §4.2).
public enum SignInLinks {
    /// What the sign-in may tell.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// Only who it is, without a question to the person.
        case silent = "snsapi_base"

        /// Also phone, e-mail and the like, which the person is asked to allow.
        case personalInformation = "snsapi_privateinfo"
    }

    /// The language of WeCom's sign-in page.
    public enum Language: String, Sendable, Hashable, CaseIterable {
        case chinese = "zh"
        case english = "en"
    }

    /// The page of a desktop browser: a QR code, or the running client.
    ///
    /// - Parameters:
    ///   - loginURL: `https://login.work.weixin.qq.com`, or the simulator's.
    ///   - redirect: The complete callback URL; host and port must be the app's trusted domain.
    ///   - state: 1 to 128 letters and digits; anything else throws ``InvalidIdentifier``.
    public static func webLogin(
        loginURL: String,
        corpID: CorpID,
        agentID: AgentID,
        redirect: String,
        state: String,
        language: Language? = nil
    ) throws -> String {
        try check(state)
        var query = [
            ("login_type", "CorpApp"), ("appid", corpID.rawValue), ("agentid", agentID.description),
            ("redirect_uri", redirect), ("state", state),
        ]
        if let language { query.append(("lang", language.rawValue)) }
        return PercentEncoding.url(loginURL, path: "/wwlogin/sso/login", query)
    }

    /// The page within the WeCom client, which goes back at once.
    ///
    /// - Parameters:
    ///   - oauthURL: `https://open.weixin.qq.com`, or the simulator's.
    ///   - redirect: The complete callback URL; host and port must be the app's trusted domain.
    ///   - state: 1 to 128 letters and digits; anything else throws ``InvalidIdentifier``.
    public static func inApp(
        oauthURL: String,
        corpID: CorpID,
        agentID: AgentID,
        redirect: String,
        state: String,
        scope: Scope = .silent
    ) throws -> String {
        try check(state)
        let query = [
            ("appid", corpID.rawValue), ("redirect_uri", redirect), ("response_type", "code"),
            ("scope", scope.rawValue), ("state", state), ("agentid", agentID.description),
        ]
        return PercentEncoding.url(oauthURL, path: "/connect/oauth2/authorize", query) + "#wechat_redirect"
    }

    private static func check(_ state: String) throws {
        guard IdentifierText.isPlausible(state, lengths: 1...128, marks: "") else {
            throw InvalidIdentifier(kind: "state", rule: "1 to 128 letters and digits")
        }
    }
}
