import FoundationEssentials
import Hummingbird

/// What a sign-in link asks for, once it is found to be in order.
struct SignInRequest: Sendable {
    /// Why a link is refused: WeCom's number for it and what the page says (wecom.md §4.2).
    struct Failure: Error, Equatable {
        let code: Int
        let text: String

        static let redirectIsOther = Failure(code: -31020, text: "redirect_uri参数错误")
        static let unknownCorp = Failure(code: -31027, text: "appid参数错误")
        static let unknownAgent = Failure(code: -31028, text: "agentid参数错误")
        static let redirectIsEmpty = Failure(code: -31035, text: "redirect_uri为空")
        static let wrongLoginType = Failure(code: -31040, text: "login_type参数错误")
        static let wrongScope = Failure(code: -1, text: "scope参数错误")
        static let wrongResponseType = Failure(code: -1, text: "response_type参数错误")
    }

    let corp: Corp
    let agent: Agent?
    let redirectURI: String
    let state: String

    /// - Parameter needsAgent: whether the link must name an application
    init(_ request: Request, in simulator: Simulator, needsAgent: Bool) throws(Failure) {
        let query = request.uri.queryParameters
        guard let corp = simulator.corps.corp(String(query["appid"] ?? "")) else { throw .unknownCorp }
        let agentID = query["agentid"].flatMap { Int($0) }
        let agent = agentID.flatMap(corp.agent)
        guard agent != nil || (!needsAgent && agentID == nil) else { throw .unknownAgent }
        guard let redirectURI = query["redirect_uri"].map(String.init), !redirectURI.isEmpty else {
            throw .redirectIsEmpty
        }
        guard let target = URL(string: redirectURI), target.scheme != nil, let host = target.host() else {
            throw .redirectIsOther
        }
        let authority = target.port.map { "\(host):\($0)" } ?? host
        guard agent?.allowsRedirect(to: authority) ?? true else { throw .redirectIsOther }
        self.corp = corp
        self.agent = agent
        self.redirectURI = redirectURI
        state = String(query["state"] ?? "")
    }

    /// Back to the caller; without a code where the person said no (wecom.md §4.3).
    func redirect(code: String?) -> Response {
        let state = state.addingPercentEncoding()
        let parameters = code.map { "code=\($0)&state=\(state)" } ?? "state=\(state)"
        let separator = redirectURI.contains("?") ? "&" : "?"
        return Response(
            status: .found,
            headers: [.location: redirectURI + separator + parameters, .cacheControl: "no-store"]
        )
    }

    func code(for person: SignedIn, showsPrivateFields: Bool, in simulator: Simulator) -> String {
        simulator.signIns.codes.issue(
            SignIn(corpID: corp.id, agentID: agent?.id, person: person, showsPrivateFields: showsPrivateFields),
            length: 43,
            lifetime: simulator.lifetimes.current.signInCode
        )
    }

    /// Whether the application's visible range has the person; outsiders are not asked.
    func isVisible(_ person: SignedIn) -> Bool {
        guard case .member(let id) = person, let agent, let user = corp.organisation.user(id) else { return true }
        return corp.withState { state in state.withView(agent.viewKey) { view, _ in view.visibility.includes(user) } }
    }
}

extension Agent {
    /// Exactly the trusted domain, port included (wecom.md §4.1).
    func allowsRedirect(to authority: String) -> Bool { redirectDomain.isEmpty || redirectDomain == authority }
}

extension String {
    /// Everything but letters, digits, `-`, `.`, `_` and `~` as `%XX`.
    fileprivate func addingPercentEncoding() -> String {
        utf8.map { byte in
            let isPlain =
                byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
            if isPlain || "-._~".utf8.contains(byte) { return String(Unicode.Scalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "%0" + digits : "%" + digits
        }.joined()
    }
}
