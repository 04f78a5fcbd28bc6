import Egress
import Hummingbird
import Logging
import Messages
import Runtime
import WeCom

/// What administrators do to get an identity provider authorized.
struct AuthorizationService: Sendable {
    let providers: IdentityProviderStore
    let requests: AuthorizationStore
    let grants: GrantStore
    let enterprises: CorpAuthorizationStore
    let tickets: SuiteTickets
    /// The provider to WeCom; nil when this installation has none.
    let session: ProviderSession?
    let budget: OutsideBudget
    /// Where the registry is reached, without a slash at the end; empty for paths alone.
    let publicURL: String

    /// Asks WeCom for a page on which an administrator can authorize.
    ///
    /// Throws ``Problem`` 409 when this installation has no provider or no suite ticket, 502 when WeCom refuses.
    func request(
        _ seen: IdentityProvider,
        as identity: RequestIdentity?,
        by caller: Caller
    ) async throws -> Made<AuthorizationView> {
        if let identity, try await providers.ledger.change({ try identity.earlier(on: $0) }) != nil {
            return Made(try await view(of: seen, for: caller), isRepeated: true)
        }
        guard let session else { throw Problem.noProvider }
        guard try await tickets.newest(of: session.credentials.templateID) != nil else {
            throw Problem.noSuiteTicket(publicURL)
        }
        try await budget.spend(OutsideCall(.authorizationRequest, tenant: seen.tenant))
        let state = AuthorizationRequest.makeState()
        let link: AuthorizationLink
        do {
            link = try await session.customizedAuthURL(state: state)
        } catch let error as WeComError {
            throw Problem.providerRefused(by: error)
        }
        let expiresAt = Timestamp.now.advanced(by: link.lifetime)
        let provider = try await providers.ledger.change { database in
            guard let provider = try IdentityProviderStore.lock(seen.id, on: database) else {
                throw Problem.noIdentityProvider
            }
            if try identity?.earlier(on: database) != nil { return provider }
            try identity?.remember(state, on: database)
            try AuthorizationStore.insert(
                state,
                of: provider.id,
                url: link.url,
                expiresAt: expiresAt,
                by: caller.actor.description,
                on: database
            )
            let entry = AuditEntry("authorization.requested", "idp", seen.id.uuid, of: seen.tenant, by: caller.actor)
            try entry.append(on: database)
            return try providers.revise(provider, by: caller.actor, as: "idp.changed", on: database) { configuration in
                if configuration.authorization != .authorized { configuration.authorization = .pending }
            }
        }
        return Made(try await view(of: provider, for: caller))
    }

    /// How the authorization stands. Only who may ask for a QR code sees one: whoever scans it decides which enterprise is
    /// connected.
    func view(of provider: IdentityProvider, for caller: Caller) async throws -> AuthorizationView {
        let open = caller.role >= .admin ? try await requests.requests(of: provider.id).first { $0.isOpen() } : nil
        var ticket: SuiteTicketView?
        if let template = session?.credentials.templateID { ticket = try await tickets.view(of: template) }
        return AuthorizationView(
            provider,
            try await grants.grants(of: provider.id),
            try await enterprises.view(of: provider, template: session?.credentials.templateID),
            ticket,
            open: open,
            base: publicURL
        )
    }

    /// The QR code of the newest request that can be scanned. Throws 404 when there is none.
    func code(of provider: IdentityProvider) async throws -> QRCode {
        let open = try await requests.requests(of: provider.id).first { $0.isOpen() }
        guard let open, let code = QRCode(open.url) else { throw Problem.noOpenAuthorization }
        return code
    }
}

extension Problem {
    /// 409: nobody has told this installation who it is to WeCom.
    static let noProvider = Problem.conflict(
        "provider-not-configured",
        "This installation is not set up as a WeCom provider, so that it cannot ask for authorization by QR code.",
        fix: """
            Set WECOM_PROVIDER_CORPID, WECOM_PROVIDER_SECRET, WECOM_TEMPLATE_ID, WECOM_TEMPLATE_SECRET, \
            WECOM_CALLBACK_TOKEN and WECOM_CALLBACK_AES_KEY; or connect an app of the enterprise's own with "ownApp".
            """
    )

    /// 409: WeCom has not called yet, or not for half an hour.
    static func noSuiteTicket(_ publicURL: String) -> Problem {
        .conflict(
            "no-suite-ticket",
            "WeCom has not pushed a suite ticket in the last 30 minutes; without one nobody can authorize.",
            fix: """
                See that WeCom reaches \(publicURL)/wecom/callback/command (the template's callback URL), then push the \
                ticket again in the provider's console, or wait ten minutes.
                """
        )
    }

    /// 404: nothing to scan.
    static let noOpenAuthorization = Problem(
        .notFound,
        "no-open-authorization",
        title: "Nothing to scan",
        detail: "There is no QR code that can be scanned: none was asked for, or it was used, or its time is over.",
        fix: "Ask for one by POST …/authorization."
    )

    /// 502 when WeCom refuses the provider, 503 when it cannot be asked.
    static func providerRefused(by error: WeComError) -> Problem {
        var problem = refused(by: error)
        guard problem.status == .unprocessableContent else { return problem }
        problem.status = .badGateway
        problem.slug = "provider-refused"
        problem.title = "WeCom refuses this installation's provider"
        return problem
    }
}
