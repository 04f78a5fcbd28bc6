/// From a sign-in code to a person, and a person's ids (wecom.md §4.4, §1.8).
struct IdentityEndpoints: Sendable {
    private static let longestList = 1000

    let simulator: Simulator

    var table: [String: Endpoint] {
        [
            "auth/getuserinfo": Endpoint.get(.access(userInfo)).unlimited,
            "user/getuserinfo": Endpoint.get(.access(oldUserInfo)).unlimited,
            "auth/getuserdetail": .post(.access(userDetail)),
            "batch/userid_to_openuserid": .post(.access(openUserIDs)),
        ]
    }

    @Sendable private func userInfo(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let signIn = try redeem(call, grant)
        switch signIn.person {
        case .outsider(let openID): return .ok(["openid": .string(openID)])
        case .member(let id):
            guard signIn.showsPrivateFields, let agentID = signIn.agentID else { return .ok(["userid": .string(id)]) }
            let lifetime = simulator.lifetimes.current.userTicket
            let meaning = UserTicket(corpID: signIn.corpID, agentID: agentID, userID: id)
            let ticket = simulator.signIns.tickets.issue(meaning, length: 128, lifetime: lifetime)
            return .ok(["userid": .string(id), "user_ticket": .string(ticket), "expires_in": .integer(lifetime)])
        }
    }

    /// The old call, with its capitals.
    @Sendable private func oldUserInfo(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        switch try redeem(call, grant).person {
        case .outsider(let openID): .ok(["OpenId": .string(openID), "DeviceId": ""])
        case .member(let id): .ok(["UserId": .string(id), "DeviceId": ""])
        }
    }

    /// A code is good once, in its corp, and for the application that asked for it.
    private func redeem(_ call: APICall, _ grant: AccessGrant) throws(Refusal) -> SignIn {
        let agent = try grant.requireAgent()
        guard let code = call.parameter("code") else { throw .invalidCode }
        return try simulator.signIns.codes.redeem(code) { (signIn) throws(Refusal) in
            guard signIn.corpID == grant.corp.id else { throw .invalidCode }
            guard signIn.agentID == nil || signIn.agentID == agent.id else { throw .codeOfOtherAgent }
        }
    }

    @Sendable private func userDetail(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let agent = try grant.requireAgent()
        let ticket = try simulator.signIns.tickets.meaning(of: call.text("user_ticket", else: .invalidUserTicket))
        guard ticket.corpID == grant.corp.id, ticket.agentID == agent.id else { throw Refusal.invalidUserTicket }
        guard let user = grant.corp.organisation.user(ticket.userID) else { throw Refusal.unknownUser }
        let granted: [(name: String, value: String?)] = [
            ("mobile", user.mobile), ("email", user.email), ("biz_mail", user.bizMail), ("address", user.address),
        ]
        return .ok(
            JSON.object([
                .init(name: "userid", value: .string(user.id)),
                .init(name: "gender", value: .string(user.gender)),
                .init(name: "avatar", value: .string(user.avatar)),
                .init(name: "qr_code", value: "https://open.work.weixin.qq.com/wwopen/userQRCode?vcode=vc0"),
            ]).adding(granted.compactMap { field in field.value.map { .init(name: field.name, value: .string($0)) } })
        )
    }

    /// For custom-developed apps only; of others' members nothing is said.
    @Sendable private func openUserIDs(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let agent = try grant.requireAgent()
        guard let templateID = agent.templateID, let template = simulator.providers.template(templateID) else {
            throw Refusal.forbiddenKind
        }
        guard let ids = try call.fields()["userid_list"]?.texts, !ids.isEmpty else { throw Refusal.invalidUserList }
        guard ids.count <= Self.longestList else { throw Refusal.userListTooLong }
        let visibility = grant.corp.withState { state in state.withView(agent.viewKey) { view, _ in view.visibility } }
        let organisation = grant.corp.organisation
        var found: [JSON] = []
        var unknown: [String] = []
        for id in ids {
            guard let user = organisation.user(id), visibility.includes(user) else {
                unknown.append(id)
                continue
            }
            let open = Identifier.derived(prefix: "wo", from: user.id, grant.corp.id, template.providerCorpID)
            found.append(["userid": .string(user.id), "open_userid": .string(open)])
        }
        return .ok(["open_userid_list": .array(found), "invalid_userid_list": JSON(unknown)])
    }
}
