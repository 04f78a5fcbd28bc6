import HTTPTypes
import Hummingbird
import Logging
import Messages
import Pipeline
import Postgres
import Web
import WeCom

/// The pages of a logon: enterprise ID, identity provider, WeCom and back, or why not.
///
/// Nothing is stored, and WeCom is not called, before somebody comes back from WeCom with what was begun in the same
/// browser: what is under way travels in the pages and in a cookie, sealed.
struct LogonRoutes: Sendable {
    let logon: Logon
    let clients: ClientStore
    let pending: PendingLogons
    let grants: GrantStore
    let diagnoses: DiagnosisStore
    let pages: Pages
    let cookies: BrowserCookies
    let links: LogonLinks
    let proxies: TrustedProxies
    let logger: Logger

    func add(to router: some RouterMethods<VerifierContext>) {
        router.get("/logon") { request, context in await answer(request, context) { try await enterprise($0) } }
        router.get("/logon/callback") { request, context in await answer(request, context) { try await callback($0) } }
        router.get("/logon/{enterpriseID}") { request, context in
            let id = context.parameters.get("enterpriseID") ?? ""
            return await answer(request, context) { try await options($0, id) }
        }
        router.get("/logon/{enterpriseID}/start") { request, context in
            let id = context.parameters.get("enterpriseID") ?? ""
            return await answer(request, context) { try await start($0, id) }
        }
    }

    /// One request of one browser.
    private struct Visit {
        let request: Request
        let form: FormFields
        let address: VisitorAddress
        let seconds = Timestamp.now.millisecondsSince1970 / 1_000

        /// What the pages carry along.
        var ticket: String? { form["request"] }
    }

    /// Answers a request; whoever is refused gets the page that says why.
    private func answer(
        _ request: Request,
        _ context: VerifierContext,
        _ body: (Visit) async throws -> Response
    ) async -> Response {
        let form = request.queryForm
        if let excess = FieldLimits.excess(form) {
            return pages.response(.untrusted(excess.page), status: .badRequest)
        }
        let visit = Visit(request: request, form: form, address: proxies.visitor(of: request, context))
        do {
            return try await body(visit)
        } catch let refusal as Refusal {
            return await refused(refusal, visit)
        } catch let error as PostgresError where error.isAway {
            logger.warning("a logon failed, as the database is away", metadata: ["error": "\(error)"])
            return await refused(Refusal(.serviceUnavailable, detail: "\(error)"), visit)
        } catch {
            logger.error("a logon failed", metadata: ["error": "\(error)"])
            return await refused(Refusal(.internal, detail: "\(error)"), visit)
        }
    }

    /// The page where the enterprise ID is typed, or the way on from it.
    private func enterprise(_ visit: Visit) async throws -> Response {
        guard let typed = visit.form["enterprise_id"] else {
            return pages.response(.enterprise(.init(typed: "", isWrong: false, request: visit.ticket)))
        }
        guard let id = EnterpriseID(typed) else {
            let page = Page.Enterprise(typed: typed, isWrong: true, request: visit.ticket)
            return pages.response(.enterprise(page), status: .badRequest)
        }
        return PageResponse.redirect(to: links.options(id, request: visit.ticket))
    }

    /// The identity providers of an enterprise, or the way to WeCom where there is only one.
    private func options(_ visit: Visit, _ text: String) async throws -> Response {
        let carried = try carried(visit)
        return try await adding(carried) {
            guard let id = EnterpriseID(text) else { throw Refusal(.unknownEnterprise) }
            let (options, isAnswered) = try await searching(visit, carried) {
                guard let wanted = visit.form["idp"].flatMap({ IdentityProviderID($0) }) else {
                    return try await logon.options(of: id)
                }
                return [try await logon.open(wanted, of: id).configuration]
            }
            if options.count == 1, let only = options.first, !isToChoose(visit, carried) {
                return try await toWeCom(only.id, of: id, visit, carried, isAnswered)
            }
            let choices = options.map { option in
                Page.Options.Choice(
                    title: option.description.isEmpty ? option.name.description : option.description,
                    link: LogonLinks.path(start: option.id, of: id, request: visit.ticket)
                )
            }
            let change = LogonLinks.path(enterprise: visit.ticket)
            return pages.response(.options(.init(choices: choices, change: change)))
        }
    }

    /// Whether the person sees the identity providers, though there be one: where the client wants it, and who was not
    /// let in may have typed another enterprise's ID.
    private func isToChoose(_ visit: Visit, _ carried: CarriedRequest?) -> Bool {
        carried?.request.choosesAccount == true || visit.form["choose"] != nil
    }

    /// Off to WeCom by the identity provider that was chosen.
    private func start(_ visit: Visit, _ text: String) async throws -> Response {
        let carried = try carried(visit)
        return try await adding(carried) {
            guard let enterprise = EnterpriseID(text) else { throw Refusal(.unknownEnterprise) }
            guard let id = visit.form["idp"].flatMap({ IdentityProviderID($0) }) else {
                throw Refusal(.noIdentityProvider, enterprise: enterprise)
            }
            let (_, isAnswered) = try await searching(visit, carried) { try await logon.open(id, of: enterprise) }
            return try await toWeCom(id, of: enterprise, visit, carried, isAnswered)
        }
    }

    /// Does what tells whether there is an enterprise, and looks up whether the client's request was answered before.
    private func searching<Result>(
        _ visit: Visit,
        _ carried: CarriedRequest?,
        _ body: () async throws -> Result
    ) async throws -> (Result, isAnswered: Bool) {
        let answered = carried.map { UsedTickets.find($0.digest) }
        return try await logon.limits.searching(from: visit.address, reading: answered) { rows in
            (try await body(), !rows.isEmpty)
        }
    }

    /// Off to WeCom by an identity provider that the person may know of.
    private func toWeCom(
        _ id: IdentityProviderID,
        of enterprise: EnterpriseID,
        _ visit: Visit,
        _ carried: CarriedRequest?,
        _ isAnswered: Bool
    ) async throws -> Response {
        if isAnswered { throw Refusal(.stateReplayed) }
        let (configuration, connection) = try await logon.open(id, of: enterprise)
        try await requireClient(of: carried, for: configuration)
        let end = visit.seconds + PendingLogon.lifetime
        let begun = PendingLogon(identityProvider: id, carried: carried, end: end)
        let (state, cookies) = try pending.begin(begun, in: visit.request)
        do {
            let language = carried?.request.language
            var response = PageResponse.redirect(
                to: try links.wecom(connection, state: state, request: visit.request, in: language)
            )
            for cookie in cookies { response.setCookie(cookie) }
            return response
        } catch let error as InvalidIdentifier {
            throw Refusal(.internal, configuration: configuration, detail: "the connection: \(error)")
        }
    }

    /// Sends nobody to WeCom for a client that may have no tokens for them.
    private func requireClient(
        of carried: CarriedRequest?,
        for configuration: IdentityProviderConfiguration
    ) async throws {
        guard let carried else { return }
        guard let client = try await clients.find(carried.request.client) else {
            throw Refusal(.stateExpired, configuration: configuration)
        }
        guard client.serves(configuration.tenant) else {
            throw Refusal(.otherTenantsClient, configuration: configuration)
        }
    }

    /// Back from WeCom: with a code if the person agreed.
    private func callback(_ visit: Visit) async throws -> Response {
        guard let state = visit.form["state"], let begun = pending.find(state, in: visit.request) else {
            throw Refusal(.stateUnknown)
        }
        let attempt = LogonAttempt(
            identityProvider: begun.identityProvider,
            code: visit.form["code"],
            mark: PendingLogon.digest(of: state),
            isInTime: begun.end > visit.seconds,
            address: visit.address,
            expected: begun.carried?.request.subject
        )
        return try await adding(begun.carried) {
            let principal = try await logon.admit(attempt)
            guard let carried = begun.carried else {
                return pages.response(.connected(.init(name: principal.name ?? principal.externalID)))
            }
            return try await granted(principal, carried)
        }
    }

    /// What the page carries along, if it is in time.
    private func carried(_ visit: Visit) throws -> CarriedRequest? {
        guard let ticket = visit.ticket else { return nil }
        guard let carried = pending.seal.request(ticket) else { throw Refusal(.stateUnknown) }
        guard carried.end > visit.seconds else { throw Refusal(.stateExpired) }
        return carried
    }

    /// Adds to a refusal what the client asked for.
    private func adding(_ carried: CarriedRequest?, _ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch var refusal as Refusal {
            refusal.carried = carried
            throw refusal
        }
    }

    /// Back to the client with a code; the browser remembers the person from now on.
    private func granted(_ principal: Principal, _ carried: CarriedRequest) async throws -> Response {
        let request = carried.request
        let configuration = logon.configurations.configuration(principal.identityProvider)
        var refusal = Refusal(.stateExpired, configuration: configuration, externalID: principal.externalID)
        guard let client = try await clients.find(request.client),
            request.device != nil || client.accepts(redirect: request.redirectURI)
        else { throw refusal }
        guard client.serves(principal.tenant) else { throw refusal.with(.otherTenantsClient) }
        let ticket = Ticket.make()
        do {
            var response = try await answer(principal, carried, of: client, by: ticket)
            response.setCookie(cookies.cookie(forLogon: ticket))
            return response
        } catch let obstacle as GrantStore.NotBegun {
            // What was answered before is told of nobody.
            if obstacle.reason == .stateReplayed { refusal.externalID = nil }
            throw refusal.with(obstacle.reason)
        }
    }

    /// The code for the client; or the page that asks about a device, which has no code before that is answered.
    private func answer(
        _ principal: Principal,
        _ carried: CarriedRequest,
        of client: Client,
        by logon: Ticket
    ) async throws -> Response {
        let request = carried.request
        guard request.device == nil else {
            try await grants.remember(principal, for: client, as: logon, answering: carried)
            return PageResponse.redirect(to: request.redirectURI)
        }
        let code = try await grants.begin(
            principal,
            for: request,
            of: client,
            by: .fresh(logon),
            answering: carried
        )
        return links.granted(request, code: code).response(pages)
    }

    /// The page of a failed logon.
    private func refused(_ refusal: Refusal, _ visit: Visit) async -> Response {
        let refusal = await withoutWhatIsOver(refusal, visit)
        let diagnosis = await diagnoses.record(refusal, from: visit.address)
        let again = links.again(after: refusal, carrying: refusal.carried.flatMap { try? pending.seal.seal($0) })
        // A device hears of nothing but the person's own answer.
        let back = refusal.carried.flatMap { carried in
            carried.request.device == nil ? links.refused(carried.request, refusal.reason) : nil
        }
        return pages.refused(refusal, diagnosis, again: again, back: back)
    }

    /// Who is late, or repeats what was answered, can neither go on with it nor take another answer to the client.
    private func withoutWhatIsOver(_ refusal: Refusal, _ visit: Visit) async -> Refusal {
        var refusal = refusal
        refusal.client = refusal.client ?? refusal.carried?.request.client
        guard let carried = refusal.carried else { return refusal }
        let isOver = refusal.reason == .stateReplayed ? (try? await logon.used.contains(carried.digest)) ?? true : false
        if isOver || carried.end <= visit.seconds { refusal.carried = nil }
        return refusal
    }
}
