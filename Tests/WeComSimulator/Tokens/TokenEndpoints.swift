/// `gettoken`: a corp's credential for an access token (wecom.md §0.1, §6).
struct TokenEndpoints: Sendable {
    let simulator: Simulator

    var table: [String: Endpoint] { ["gettoken": .get(.open(getToken))] }

    @Sendable private func getToken(_ call: APICall) throws -> Answer {
        guard let corpID = call.parameter("corpid") else { throw Refusal.missingCorpID }
        guard let secret = call.parameter("corpsecret") else { throw Refusal.missingSecret }
        guard let corp = simulator.corps.corp(corpID) else { throw Refusal.invalidCorpID }
        let holder = try holder(of: secret, in: corp)
        if case .agent(_, let id) = holder { try corp.agent(id)?.requireTrust(in: call) }
        let issued = simulator.tokens.issue(to: holder, lifetime: simulator.lifetimes.current.accessToken)
        return .ok(["access_token": .string(issued.token), "expires_in": .integer(issued.remaining)])
    }

    private func holder(of secret: String, in corp: Corp) throws(Refusal) -> TokenHolder {
        if secret == corp.contactSyncSecret { return .contactSync(corpID: corp.id) }
        if let agent = corp.agent(secret: secret) {
            guard !agent.isClosed else { throw .invalidSecret }
            return .agent(corpID: corp.id, agentID: agent.id)
        }
        if corp.withState({ $0.cancelledCodes.contains(secret) }) { throw .invalidPermanentCode }
        let isElsewhere = simulator.corps.all.contains { $0.agent(secret: secret) != nil }
        throw isElsewhere ? .otherCorpSecret : .invalidSecret
    }
}
