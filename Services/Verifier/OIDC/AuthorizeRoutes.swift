import HTTPTypes
import Hummingbird
import Logging
import Messages
import Pipeline
import Postgres
import Web

/// `/oauth2/authorize`: checks what a client asks for, and answers it from what the browser remembers or sends the
/// person to the logon pages.
struct AuthorizeRoutes: Sendable {
    let clients: ClientStore
    let pushed: PushedRequestStore
    let seal: TravellingSeal
    let remembered: BrowserLogonStore
    let grants: GrantStore
    let issuer: TokenIssuer
    let logon: Logon
    let pages: Pages
    let cookies: BrowserCookies
    let links: LogonLinks
    let proxies: TrustedProxies
    let logger: Logger

    func add(to router: some RouterMethods<VerifierContext>) {
        router.get("/oauth2/authorize") { request, context in
            try await authorize(request, request.queryForm, from: proxies.visitor(of: request, context))
        }
        router.post("/oauth2/authorize") { request, context in
            try await authorize(request, request.bodyForm(), from: proxies.visitor(of: request, context))
        }
    }

    private func authorize(
        _ request: Request,
        _ given: FormFields,
        from address: VisitorAddress
    ) async throws -> Response {
        let origin: AuthorizationRequest.Return
        let form: FormFields
        do {
            form = try await whole(given)
            origin = try await AuthorizationRequest.whereabouts(form, clients.find)
        } catch let error as UntrustedRequest {
            return pages.response(.untrusted(error.page), status: .badRequest)
        } catch let error as PostgresError where error.isAway {
            logger.warning("a logon did not begin, as the database is away", metadata: ["error": "\(error)"])
            return pages.response(.untrusted(.away), status: .serviceUnavailable)
        }
        do {
            let wanted = try AuthorizationRequest(form, from: origin)
            if let elsewhere = withCookies(request, given) { return elsewhere }
            return try await begin(
                wanted,
                of: origin.client,
                Visit(request: request, form: form, address: address)
            )
        } catch {
            // The client is known by now, and no browser shows it another answer than this (RFC 6749 §4.1.2.1).
            guard let error = OAuthError(of: error, logger) else { throw error }
            return origin.answer(error, issuer: links.publicURL).response(pages)
        }
    }

    /// The same request by GET, where a form of another site posted it: browsers send along no cookie that way, and so
    /// nothing of what they remember. `nil` where that is not so, or would be too long for an address.
    private func withCookies(_ request: Request, _ given: FormFields) -> Response? {
        // What was pushed is taken once, and is taken by now.
        guard request.method == .post, given["request_uri"] == nil, cookies.logon(of: request) == nil
        else { return nil }
        return given.address(at: links.publicURL + "/oauth2/authorize").map { PageResponse.redirect(to: $0) }
    }

    /// What the client pushed, where it names that; then nothing of what came by the browser counts (RFC 9126 §4).
    private func whole(_ form: FormFields) async throws -> FormFields {
        guard let uri = form["request_uri"], PushedRequestStore.isOurs(uri) else { return form }
        guard let client = form["client_id"], let pushed = try await pushed.take(uri, by: client) else {
            throw UntrustedRequest.unknownPushedRequest
        }
        return pushed
    }

    /// One request of one browser.
    private struct Visit {
        let request: Request
        let form: FormFields
        let address: VisitorAddress
        let seconds = Timestamp.now.millisecondsSince1970 / 1_000
    }

    private func begin(
        _ request: AuthorizationRequest,
        of client: Client,
        _ visit: Visit
    ) async throws -> Response {
        var wanted = request
        wanted.subject = try await subject(visit.form)
        // Whom the browser remembers is found without a look at enterprises: who renews a logon guesses at none.
        let demand = try AuthenticationDemand(visit.form, subject: wanted.subject) { _ in false }
        wanted.choosesAccount = demand.choosesAccount ? true : nil
        if let code = try await codeWithoutAsking(wanted, of: client, demand, visit) {
            return links.granted(wanted, code: code).response(pages)
        }
        if demand.isSilent {
            throw OAuthError(
                .loginRequired,
                "The browser remembers no logon that fits; send the person without prompt=none."
            )
        }
        let hinted = try await hintedEnterprise(visit)
        let shown = try AuthenticationDemand(visit.form, subject: wanted.subject) { $0 == hinted }
        return PageResponse.redirect(to: next(shown, ticket: try ticket(wanted, visit)))
    }

    /// The request as the pages carry it.
    private func ticket(_ wanted: AuthorizationRequest, _ visit: Visit) throws -> String {
        let end = visit.seconds + CarriedRequest.lifetime
        let ticket = try seal.seal(CarriedRequest(id: Ticket.make().text, request: wanted, end: end))
        guard ticket.utf8.count <= PendingLogons.mostBytesOfRequest else {
            throw OAuthError(.invalidRequest, "state, nonce and redirect_uri are too long to be carried by a browser.")
        }
        return ticket
    }

    /// The enterprise that `login_hint` names, if there is one: other texts may well look like its ID.
    private func hintedEnterprise(_ visit: Visit) async throws -> EnterpriseID? {
        guard let id = visit.form["login_hint"].flatMap({ EnterpriseID($0) }) else { return nil }
        do {
            return try await logon.limits.searching(from: visit.address) {
                guard logon.configurations.all.contains(where: { $0.enterpriseID == id }) else {
                    throw Refusal(.unknownEnterprise)
                }
                return id
            }
        } catch is Refusal {
            return nil
        }
    }

    /// A code for whom the browser remembers, if that will do.
    private func codeWithoutAsking(
        _ wanted: AuthorizationRequest,
        of client: Client,
        _ demand: AuthenticationDemand,
        _ visit: Visit
    ) async throws -> Ticket? {
        guard let ticket = cookies.logon(of: visit.request), let logon = try await remembered.find(ticket) else {
            return nil
        }
        guard client.serves(logon.principal.tenant) else { return nil }
        let enterpriseID = issuer.enterpriseID(of: logon.principal)
        guard demand.accepts(logon, of: enterpriseID, at: visit.seconds) else { return nil }
        switch issuer.standing(of: logon.principal) {
        case .open:
            do {
                return try await grants.begin(logon.principal, for: wanted, of: client, by: .remembered(logon))
            } catch let obstacle as GrantStore.NotBegun {
                guard obstacle.reason == .tooManyTries, demand.isSilent else { return nil }
                throw OAuthError(
                    .temporarilyUnavailable,
                    "Too many sessions of the person began by what browsers remember; try again in some minutes."
                )
            }
        case .shut: return nil
        case .unknown:
            guard demand.isSilent else { return nil }
            throw OAuthError(.temporarilyUnavailable, "The identity provider's configuration is not known at present.")
        }
    }

    /// Whose ID token the client shows, however old it is.
    private func subject(_ form: FormFields) async throws -> UserID? {
        guard let hint = form["id_token_hint"] else { return nil }
        guard let token = try await issuer.idToken(hint), let subject = UserID(token.person.sub) else {
            throw OAuthError(.invalidRequest, "id_token_hint is not one that was issued here.")
        }
        return subject
    }

    /// The page that the client's hints lead to.
    private func next(_ demand: AuthenticationDemand, ticket: String) -> String {
        let idp = demand.identityProvider
        let owner = idp.flatMap { logon.configurations.configuration($0)?.enterpriseID }
        guard let enterprise = demand.enterprise ?? owner else { return links.enterprise(request: ticket) }
        return links.options(enterprise, idp: idp?.description, request: ticket)
    }
}

extension UntrustedRequest {
    /// What the person in front of the browser is told.
    var page: Page.Untrusted {
        switch self {
        case .unknownClient:
            Page.Untrusted(
                chinese: "应用（client_id）未在此注册。",
                english: "The application (client_id) is not registered here."
            )
        case .tooLong(let excess): excess.page
        case .unknownRedirect:
            Page.Untrusted(
                chinese: "返回地址（redirect_uri）与注册的地址不一致。",
                english: "The address to return to (redirect_uri) is not one that the application registered."
            )
        case .unknownPushedRequest:
            Page.Untrusted(
                chinese: "该登录请求（request_uri）不存在或已过期，请从应用重新登录。",
                english: "The request (request_uri) is not known, or is over. Start from the application again."
            )
        }
    }
}

extension Page.Untrusted {
    /// Nothing can be looked up at present.
    fileprivate static let away = Page.Untrusted(
        chinese: "暂时无法登录，请稍后再试。",
        english: "You cannot log on at present. Try again in a moment.",
        isAway: true
    )
}
