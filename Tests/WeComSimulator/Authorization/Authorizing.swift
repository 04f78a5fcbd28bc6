/// What an administrator does to a template's authorization, and what WeCom then tells the provider.
extension Simulator {
    /// Why an administrator is turned away.
    enum AuthorizationFailure: Error {
        case unknownCorp
        case wrongPassword
        case unknownTemplate
    }

    /// Authorizes the template: the corp gets its application, the provider the `create_auth` push.
    func authorize(
        _ templateID: String,
        state: String,
        corpID: String,
        account: Account
    ) async throws -> Delivery {
        guard let corp = corps.corp(corpID) else { throw AuthorizationFailure.unknownCorp }
        guard account == corp.administrator else { throw AuthorizationFailure.wrongPassword }
        guard let template = providers.template(templateID) else { throw AuthorizationFailure.unknownTemplate }
        let agentID = corp.withState { $0.installAgent(of: template, state: state) }
        let pending = PendingAuthorization(corpID: corp.id, agentID: agentID, templateID: template.id, state: state)
        return await push(.createAuth(code: authCode(pending), state: state), to: template)
    }

    /// Ends the authorization: the permanent code and its tokens are good no longer.
    func cancelAuthorization(of corp: Corp, _ template: Template) async -> Delivery? {
        let agentID = corp.withState { $0.removeAgent(of: template) }
        guard let agentID else { return nil }
        tokens.revoke(.agent(corpID: corp.id, agentID: agentID))
        return await push(.cancelAuth(corpID: corp.id), to: template)
    }

    /// Tells the provider that something about the authorization has changed.
    func changeAuthorization(of corp: Corp, _ template: Template) async -> Delivery? {
        guard let agent = corp.agent(templateID: template.id) else { return nil }
        return await push(.changeAuth(corpID: corp.id, state: agent.state), to: template)
    }

    /// Offers the provider a new permanent code.
    func resetPermanentCode(of corp: Corp, _ template: Template) async -> Delivery? {
        guard let agent = corp.agent(templateID: template.id) else { return nil }
        let pending = PendingAuthorization(
            corpID: corp.id,
            agentID: agent.id,
            templateID: template.id,
            state: agent.state,
            resetsCode: true
        )
        return await push(.resetPermanentCode(code: authCode(pending)), to: template)
    }

    func pushTicket(to template: Template) async -> (ticket: String, delivery: Delivery) {
        let ticket = providers.makeTicket(of: template.id, lifetime: lifetimes.current.suiteTicket)
        return (ticket, await push(.suiteTicket(ticket), to: template))
    }

    private func authCode(_ pending: PendingAuthorization) -> String {
        authorizations.authCodes.issue(pending, length: 128, lifetime: lifetimes.current.authCode)
    }

    private func push(_ event: CommandEvent, to template: Template) async -> Delivery {
        await callbacks.send(event, to: template)
    }
}

extension Corp.State {
    /// The template's application, made where it is not there yet; its ID.
    fileprivate mutating func installAgent(of template: Template, state: String) -> Int {
        if let agent = agents.values.first(where: { $0.templateID == template.id }) {
            agents[agent.id]?.state = state
            return agent.id
        }
        var agent = Agent(
            id: nextAgentID,
            name: template.name,
            kind: .customDeveloped(templateID: template.id),
            secret: Identifier.secret()
        )
        agent.publishStatus = template.publishStatus
        agent.state = state
        agents[agent.id] = agent
        nextAgentID += 1
        return agent.id
    }

    fileprivate mutating func removeAgent(of template: Template) -> Int? {
        guard let agent = agents.values.first(where: { $0.templateID == template.id }) else { return nil }
        cancelledCodes.insert(agent.secret)
        agents[agent.id] = nil
        return agent.id
    }
}
