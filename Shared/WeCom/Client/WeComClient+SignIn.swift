import JSONCoding
public import Sealing

extension WeComClient {
    /// `auth/getuserinfo`: who signed in (wecom.md §4.4).
    ///
    /// The code is good once and for five minutes. After a timeout it must not be tried again: the person signs in anew.
    public func userInfo(code: String, token: AccessToken) async throws -> Identity {
        let path = "auth/getuserinfo"
        let call = Call(path: path, query: [("code", code)], secrets: [Secret(code)])
        let fields = try await fields(call.with(token))
        if let userID = fields.text("userid", "UserId") {
            return .member(userID: userID, ticket: fields.text("user_ticket").map(Secret.init))
        }
        guard let openID = fields.text("openid", "OpenId") else {
            throw WeComError(.missingField("userid"), path: path)
        }
        return .outsider(openID: openID)
    }

    /// `auth/getuserdetail`: the personal fields that the person allowed (wecom.md §3.7).
    ///
    /// Returns the body as it came: `userid`, `mobile`, `email` and the like; an absent field was not allowed.
    public func userDetail(ticket: Secret, token: AccessToken) async throws -> [UInt8] {
        let body = JSONValue.object(["user_ticket": .string(ticket.withValue { $0 })])
        let call = Call(path: "auth/getuserdetail", body: body, secrets: [ticket])
        return try await send(call.with(token))
    }
}

/// Who signed in through WeCom.
public enum Identity: Sendable, Hashable {
    /// A member of the enterprise, inside the visible range or not: to be looked up in the directory.
    ///
    /// The user ID is spelt as WeCom does; the ticket opens ``WeComClient/userDetail(ticket:token:)``.
    case member(userID: String, ticket: Secret?)

    /// Somebody else, who must be turned away (wecom.md §4.4).
    case outsider(openID: String)
}
