/// From the auth_code to the permanent code, and what was authorized (wecom.md §1.7, §1.8).
struct PermanentCodeEndpoints: Sendable {
    let simulator: Simulator

    var table: [String: Endpoint] {
        [
            "service/get_permanent_code": suite { try permanentCode($0, $1, isNew: false) },
            "service/v2/get_permanent_code": suite { try permanentCode($0, $1, isNew: true) },
            "service/get_auth_info": suite { try authInfo($0, $1, isNew: false) },
            "service/v2/get_auth_info": suite { try authInfo($0, $1, isNew: true) },
            "service/get_corp_token": suite { try corpToken($0, $1) },
        ]
    }

    private func suite(_ work: @escaping @Sendable (APICall, SuiteGrant) throws -> Answer) -> Endpoint {
        .post(.suite(work))
    }

    @Sendable private func permanentCode(_ call: APICall, _ grant: SuiteGrant, isNew: Bool) throws -> Answer {
        let code = try call.text("auth_code", else: .missingAuthCode)
        let pending = try simulator.authorizations.authCodes.redeem(code) { (pending) throws(Refusal) in
            guard pending.templateID == grant.template.id else { throw .invalidAuthCode }
        }
        guard let corp = simulator.corps.corp(pending.corpID) else { throw Refusal.invalidAuthCode }
        if pending.resetsCode { resetCode(of: pending.agentID, in: corp) }
        guard let agent = corp.agent(pending.agentID) else { throw Refusal.invalidAuthCode }
        let administrator = corp.administratorID ?? ""
        var members: [JSON.Member] = [
            .init(name: "permanent_code", value: .string(agent.secret)),
            .init(name: "auth_corp_info", value: isNew ? AuthorizedCorp.short(corp) : AuthorizedCorp.long(corp)),
            .init(
                name: "auth_user_info",
                value: ["userid": .string(administrator), "open_userid": "", "name": "", "avatar": ""]
            ),
        ]
        if !isNew { members.append(.init(name: "auth_info", value: AuthorizedCorp.agents([agent]))) }
        if !pending.state.isEmpty { members.append(.init(name: "state", value: .string(pending.state))) }
        return .bare(.object(members))
    }

    private func resetCode(of agentID: Int, in corp: Corp) {
        corp.withState { state in
            guard let agent = state.agents[agentID] else { return }
            state.cancelledCodes.insert(agent.secret)
            state.agents[agentID]?.secret = Identifier.secret()
        }
        simulator.tokens.revoke(.agent(corpID: corp.id, agentID: agentID))
    }

    @Sendable private func authInfo(_ call: APICall, _ grant: SuiteGrant, isNew: Bool) throws -> Answer {
        let (corp, agent) = try authorization(call, grant)
        let info = isNew ? AuthorizedCorp.withoutCode(corp) : AuthorizedCorp.long(corp)
        return .ok(["auth_corp_info": info, "auth_info": AuthorizedCorp.agents([agent])])
    }

    /// The third-party call, which custom-developed apps must not use (wecom.md §1.5).
    @Sendable private func corpToken(_ call: APICall, _ grant: SuiteGrant) throws -> Answer {
        _ = try authorization(call, grant)
        throw Refusal.forbiddenKind
    }

    private func authorization(_ call: APICall, _ grant: SuiteGrant) throws(Refusal) -> (Corp, Agent) {
        let corpID = try call.text("auth_corpid", else: .missingCorpID)
        let code = try call.text("permanent_code", else: .missingPermanentCode)
        guard let corp = simulator.corps.corp(corpID) else { throw .invalidCorpID }
        guard let agent = corp.agent(secret: code), agent.templateID == grant.template.id else {
            throw .invalidPermanentCode
        }
        return (corp, agent)
    }
}
