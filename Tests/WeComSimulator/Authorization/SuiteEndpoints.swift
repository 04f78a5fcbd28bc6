/// The tokens of templates and providers, and what they open (wecom.md §1.2–1.5).
struct SuiteEndpoints: Sendable {
    let simulator: Simulator

    var table: [String: Endpoint] {
        [
            "service/get_suite_token": .post(.open(suiteToken)),
            "service/get_provider_token": .post(.open(providerToken)),
            "service/get_pre_auth_code": .get(.suite(preAuthCode)),
            "service/get_customized_auth_url": .post(.provider(authorizationURL)),
            "service/corpid_to_opencorpid": .post(.provider(openCorpID)),
        ]
    }

    @Sendable private func suiteToken(_ call: APICall) throws -> Answer {
        let id = try call.text("suite_id", else: .missingSuiteID)
        let secret = try call.text("suite_secret", else: .missingSuiteSecret)
        let ticket = try call.text("suite_ticket", else: .missingSuiteTicket)
        guard let template = simulator.providers.template(id) else { throw Refusal.invalidSuiteID }
        guard secret == template.secret else { throw Refusal.invalidSuiteSecret }
        guard simulator.providers.isValid(ticket, of: id) else { throw Refusal.invalidSuiteTicket }
        let lifetime = simulator.lifetimes.current.suiteToken
        let issued = simulator.tokens.issue(to: .suite(templateID: id), lifetime: lifetime)
        return .bare(["suite_access_token": .string(issued.token), "expires_in": .integer(issued.remaining)])
    }

    @Sendable private func providerToken(_ call: APICall) throws -> Answer {
        let corpID = try call.text("corpid", else: .missingCorpID)
        let secret = try call.text("provider_secret", else: .missingSecret)
        guard let provider = simulator.providers.provider(corpID) else { throw Refusal.invalidCorpID }
        guard secret == provider.secret else { throw Refusal.invalidSecret }
        let lifetime = simulator.lifetimes.current.providerToken
        let issued = simulator.tokens.issue(to: .provider(corpID: corpID), lifetime: lifetime)
        return .ok(["provider_access_token": .string(issued.token), "expires_in": .integer(issued.remaining)])
    }

    @Sendable private func preAuthCode(_ call: APICall, _ grant: SuiteGrant) throws -> Answer {
        let lifetime = simulator.lifetimes.current.preAuthCode
        let code = simulator.authorizations.preAuthCodes.issue(grant.template.id, length: 64, lifetime: lifetime)
        return .ok(["pre_auth_code": .string(code), "expires_in": .integer(lifetime)])
    }

    /// The link that the provider shows as a QR code (wecom.md §1.5).
    @Sendable private func authorizationURL(_ call: APICall, _ grant: ProviderGrant) throws -> Answer {
        let fields = try call.fields()
        let state = fields["state"]?.text ?? ""
        guard state.utf8.count <= 32, state.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw Refusal.invalidState
        }
        guard let ids = fields["templateid_list"]?.texts, (1...9).contains(ids.count) else {
            throw Refusal.invalidTemplateList
        }
        for id in ids {
            guard simulator.providers.template(id)?.providerCorpID == grant.provider.corpID else {
                throw Refusal.invalidSuiteID
            }
        }
        let lifetime = simulator.lifetimes.current.authorizationLink
        let link = AuthorizationLink(state: state, templateIDs: ids)
        let id = simulator.authorizations.links.issue(link, length: 32, lifetime: lifetime)
        return .ok([
            "qrcode_url": .string("http://\(call.authority)/customized-auth/\(id)"), "expires_in": .integer(lifetime),
        ])
    }

    @Sendable private func openCorpID(_ call: APICall, _ grant: ProviderGrant) throws -> Answer {
        let corpID = try call.text("corpid", else: .missingCorpID)
        guard simulator.corps.corp(corpID) != nil else { throw Refusal.invalidCorpID }
        return .ok(["open_corpid": .string(Identifier.derived(prefix: "wp", from: corpID, grant.provider.corpID))])
    }
}
