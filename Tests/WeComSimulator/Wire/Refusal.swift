import NIOCore

/// An error code with which WeCom answers; on the wire always within an HTTP 200 (wecom.md §0.2, §5).
struct Refusal: Error, Equatable {
    let code: Int
    let message: String

    init(_ code: Int, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The body as WeCom words it, hint and caller's address included.
    func body(for call: APICall, at second: Int) -> ByteBuffer {
        let hint = "\(second)_\(call.remoteAddress.utf8.count)_\(Identifier.hexadecimal(digits: 32))"
        let link = "https://open.work.weixin.qq.com/devtool/query?e=\(code)"
        let text = "\(message), hint: [\(hint)], from ip: \(call.remoteAddress), more info at \(link)"
        return JSON.object([.init(name: "errcode", value: .integer(code)), .init(name: "errmsg", value: .string(text))])
            .bytes
    }
}

/// What is wrong with the caller's parameters.
extension Refusal {
    static let invalidParameter = Refusal(40058, "invalid Request Parameter")
    static let invalidJSON = Refusal(47001, "data format error")
    static let invalidUserID = Refusal(40003, "invalid userid")
    static let missingUserID = Refusal(41009, "missing userid")
    static let missingAgentID = Refusal(41011, "missing agentid")
    static let invalidAgentID = Refusal(40056, "invalid agentid")
    static let missingTagID = Refusal(41017, "missing tagid")
    static let invalidTagID = Refusal(40068, "invalid tagid")
    static let invalidCursor = Refusal(50100, "invalid cursor")
    static let userListTooLong = Refusal(40032, "invalid userid size")
    static let invalidUserList = Refusal(40031, "invalid userid list")
    static let replyTooLarge = Refusal(45029, "reply too large")
}

/// What the caller may not see or do.
extension Refusal {
    static let noPrivilege = Refusal(60011, "no privilege to access/modify contact/party/agent")
    static let unknownUser = Refusal(60111, "userid not found")
    static let unknownDepartment = Refusal(60003, "department not found")
    static let otherAgent = Refusal(301_002, "not allow operate another agent with this accesstoken")
    static let forbiddenKind = Refusal(48002, "api forbidden")
    static let forbiddenContactSync = Refusal(48009, "api forbidden for contact assistant")
    static let noRecipient = Refusal(81013, "user & party & tag all invalid")
    static let disabledAgent = Refusal(50003, "app disabled")
    static let untrustedAddress = Refusal(60020, "not allow to access from your ip")
    static let tooFrequent = Refusal(45009, "api freq out of limit")
    static let tooConcurrent = Refusal(45033, "api concurrent out of limit")
}

/// What is wrong with credentials and tokens.
extension Refusal {
    static let missingAccessToken = Refusal(41001, "access_token missing")
    static let invalidAccessToken = Refusal(40014, "invalid access_token")
    static let expiredAccessToken = Refusal(42001, "access_token expired")
    static let missingSuiteToken = Refusal(41022, "suite_access_token missing")
    static let invalidSuiteToken = Refusal(40082, "invalid suite_token")
    static let expiredSuiteToken = Refusal(42009, "suite_access_token expired")
    static let missingCorpID = Refusal(41002, "corpid missing")
    static let invalidCorpID = Refusal(40013, "invalid corpid")
    static let missingSecret = Refusal(41004, "secret missing")
    static let invalidSecret = Refusal(40001, "invalid credential")
    static let otherCorpSecret = Refusal(40091, "secret is not of this corp")
    static let missingSuiteID = Refusal(41021, "suite_id missing")
    static let invalidSuiteID = Refusal(40083, "invalid suiteid")
    static let missingSuiteSecret = Refusal(41024, "suite_secret missing")
    static let invalidSuiteSecret = Refusal(40080, "invalid suite_secret")
    static let missingSuiteTicket = Refusal(41023, "suite_ticket missing")
    static let invalidSuiteTicket = Refusal(40085, "invalid suite ticket")
    static let missingAuthCode = Refusal(41008, "auth code missing")
    static let invalidAuthCode = Refusal(40078, "invalid auth_code, it can be used only once")
    static let missingPermanentCode = Refusal(41025, "permanent_code missing")
    static let invalidPermanentCode = Refusal(40084, "invalid permanent_code")
    static let invalidState = Refusal(84025, "invalid state")
    static let invalidTemplateList = Refusal(40058, "invalid templateid_list")
    static let invalidCode = Refusal(40029, "invalid code")
    static let expiredCode = Refusal(42003, "oauth code expired")
    static let codeOfOtherAgent = Refusal(50001, "redirect_url unauthorized")
    static let invalidUserTicket = Refusal(84015, "invalid user_ticket")
    static let expiredUserTicket = Refusal(84014, "user_ticket expired")
}
