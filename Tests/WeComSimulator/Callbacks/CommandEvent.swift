/// What WeCom tells a provider about a template (wecom.md §1.6).
enum CommandEvent: Sendable {
    case suiteTicket(String)
    case createAuth(code: String, state: String)
    case changeAuth(corpID: String, state: String)
    case cancelAuth(corpID: String)
    case resetPermanentCode(code: String)

    /// The plain XML, with the odd space around CDATA that the official sample has.
    func xml(suiteID: String, second: Int) -> String {
        let head = "<xml><SuiteId>\(cdata(suiteID))</SuiteId>"
        let time = "<TimeStamp>\(second)</TimeStamp>"
        switch self {
        case .suiteTicket(let ticket):
            return "\(head)<InfoType> \(cdata("suite_ticket"))</InfoType>\(time)"
                + "<SuiteTicket>\(cdata(ticket))</SuiteTicket></xml>"
        case .createAuth(let code, let state):
            return "\(head)<AuthCode>\(cdata(code))</AuthCode><InfoType>\(cdata("create_auth"))</InfoType>\(time)"
                + "<State>\(cdata(state))</State><ExtraInfo></ExtraInfo></xml>"
        case .changeAuth(let corpID, let state):
            return "\(head)<InfoType>\(cdata("change_auth"))</InfoType>\(time)<AuthCorpId>\(cdata(corpID))</AuthCorpId>"
                + "<State>\(cdata(state))</State></xml>"
        case .cancelAuth(let corpID):
            return "\(head)<InfoType>\(cdata("cancel_auth"))</InfoType>\(time)"
                + "<AuthCorpId>\(cdata(corpID))</AuthCorpId></xml>"
        case .resetPermanentCode(let code):
            return "\(head)<AuthCode>\(cdata(code))</AuthCode><InfoType>\(cdata("reset_permanent_code"))</InfoType>"
                + "\(time)</xml>"
        }
    }

    private func cdata(_ text: String) -> String { "<![CDATA[\(text)]]>" }
}
