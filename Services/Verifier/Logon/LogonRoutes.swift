import HTTPTypes
import Hummingbird
import Logging
import Messages
import Pipeline
import Postgres
import Web
import WeCom

/// The pages of a logon: enterprise ID, identity provider, WeCom and back, or why not.
struct LogonRoutes: Sendable {
    let logon: Logon
    let clients: ClientStore
    let states: LogonStateStore
    let grants: GrantStore
    let diagnoses: DiagnosisStore
    let pages: Pages
    let cookies: Browser.Cookies
    let links: LogonLinks
    let logger: Logger

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/logon") { request, _ in await answer(request) { try await enterprise($0) } }
        router.get("/logon/callback") { request, _ in await answer(request) { try await callback($0) } }
        router.get("/logon/{enterpriseID}") { request, context in
            let id = context.parameters.get("enterpriseID") ?? ""
            return await answer(request) { try await options($0, id) }
        }
        router.get("/logon/{enterpriseID}/start") { request, context in
            let id = context.parameters.get("enterpriseID") ?? ""
            return await answer(request) { try await start($0, id) }
        }
    }

    /// One request of one browser.
    private struct Visit {
        let request: Request
        let form: FormFields
        let browser: Browser

        /// What the pages carry along.
        var ticket: String? { form["request"] }
    }

    /// Answers a request; whoever is refused gets the page that says why.
    private func answer(_ request: Request, _ body: (Visit) async throws -> Response) async -> Response {
        if let excess = FieldLimits.excess(request.queryForm) {
            return pages.response(.untrusted(excess.page), status: .badRequest)
        }
        let known = cookies.browser(of: request)
        let visit = Visit(request: request, form: request.queryForm, browser: known ?? Browser(ticket: .make()))
        var response: Response
        do {
            response = try await body(visit)
        } catch let refusal as Refusal {
            response = await refused(refusal)
        } catch let error as PostgresError where error.isAway {
            logger.warning("a logon failed, as the database is away", metadata: ["error": "\(error)"])
            response = await refused(Refusal(.serviceUnavailable, detail: "\(error)"))
        } catch {
            logger.error("a logon failed", metadata: ["error": "\(error)"])
            response = await refused(Refusal(.internal, detail: "\(error)"))
        }
        if known == nil { response.setCookie(cookies.cookie(for: visit.browser)) }
        return response
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
        return .redirect(to: links.options(id, request: visit.ticket), type: .found)
    }

    /// The identity providers of an enterprise.
    private func options(_ visit: Visit, _ text: String) async throws -> Response {
        guard let id = EnterpriseID(text) else { throw Refusal(.unknownEnterprise) }
        let kept = try await states.request(visit.ticket, browser: visit.browser)
        do {
            var options = try await logon.options(of: id)
            if let wanted = visit.form["idp"].flatMap({ IdentityProviderID($0) }) {
                options = [try await logon.open(wanted, of: id).configuration]
            }
            let choices = options.map { option in
                Page.Options.Choice(
                    title: option.description.isEmpty ? option.name.description : option.description,
                    link: LogonLinks.path(start: option.id, of: id, request: visit.ticket)
                )
            }
            let change = LogonLinks.path(enterprise: visit.ticket)
            return pages.response(.options(.init(choices: choices, change: change)))
        } catch var refusal as Refusal {
            refusal.request = kept?.request
            throw refusal
        }
    }

    /// Off to WeCom.
    private func start(_ visit: Visit, _ text: String) async throws -> Response {
        let kept = try await states.request(visit.ticket, browser: visit.browser)
        do {
            guard let enterprise = EnterpriseID(text) else { throw Refusal(.unknownEnterprise) }
            guard let id = visit.form["idp"].flatMap({ IdentityProviderID($0) }) else {
                throw Refusal(.noIdentityProvider, enterprise: enterprise)
            }
            if visit.ticket != nil, kept == nil { throw Refusal(.stateExpired, enterprise: enterprise) }
            let (configuration, connection) = try await logon.open(id, of: enterprise)
            try await requireClient(of: kept, for: configuration)
            let state = try await states.begin(through: id, request: kept?.digest, browser: visit.browser)
            do {
                let link = try links.wecom(
                    connection,
                    state: state,
                    request: visit.request,
                    in: kept?.request.language
                )
                return .redirect(to: link, type: .found)
            } catch let error as InvalidIdentifier {
                throw Refusal(.internal, configuration: configuration, detail: "the connection: \(error)")
            }
        } catch var refusal as Refusal {
            refusal.request = kept?.request
            throw refusal
        }
    }

    /// Sends nobody to WeCom for a client that may have no tokens for them.
    private func requireClient(
        of kept: LogonStateStore.Kept?,
        for configuration: IdentityProviderConfiguration
    ) async throws {
        guard let kept else { return }
        guard let client = try await clients.find(kept.request.client) else {
            throw Refusal(.stateExpired, configuration: configuration)
        }
        guard client.serves(configuration.tenant) else {
            throw Refusal(.otherTenantsClient, configuration: configuration)
        }
    }

    /// Back from WeCom: with a code if the person agreed.
    private func callback(_ visit: Visit) async throws -> Response {
        guard let state = visit.form["state"],
            let pending = try await states.take(state, browser: visit.browser)
        else { throw Refusal(.stateExpired) }
        do {
            guard let code = visit.form["code"] else {
                let configuration = logon.configurations.configuration(pending.identityProvider)
                throw Refusal(.denied, configuration: configuration)
            }
            let principal = try await logon.admit(code: code, through: pending.identityProvider)
            guard let kept = pending.kept else {
                return pages.response(.connected(.init(name: principal.name ?? principal.externalID)))
            }
            return try await granted(principal, kept)
        } catch var refusal as Refusal {
            refusal.request = pending.kept?.request
            throw refusal
        }
    }

    /// Back to the client with a code; the browser remembers the person from now on.
    private func granted(_ principal: Principal, _ kept: LogonStateStore.Kept) async throws -> Response {
        let request = kept.request
        if let subject = request.subject, subject != principal.id {
            throw Refusal(.otherPerson, externalID: principal.externalID)
        }
        guard let client = try await clients.find(request.client) else {
            throw Refusal(.stateExpired, externalID: principal.externalID)
        }
        guard client.serves(principal.tenant) else {
            throw Refusal(.otherTenantsClient, externalID: principal.externalID)
        }
        let logon = Ticket.make()
        guard let code = try await grants.begin(principal, for: request, of: client, by: .fresh(logon)) else {
            throw Refusal(.userDisabled, externalID: principal.externalID)
        }
        try await states.forget(kept)
        var response = links.granted(request, code: code).response(pages)
        response.setCookie(cookies.cookie(forLogon: logon))
        return response
    }

    /// The page of a failed logon.
    private func refused(_ refusal: Refusal) async -> Response {
        var refusal = refusal
        refusal.client = refusal.client ?? refusal.request?.client
        let diagnosis = await diagnoses.record(refusal)
        let words = refusal.reason.explanation
        let back = refusal.request.map { links.refused($0, refusal.reason) }
        let page = Page.Refused(
            chinese: words.chinese,
            english: refusal.sentence,
            chineseActor: refusal.actor.chinese,
            englishActor: refusal.actor.english,
            chineseFix: words.chineseFix,
            englishFix: refusal.fix,
            reason: diagnosis.reason,
            diagnosis: diagnosis.id,
            again: links.again(after: refusal),
            back: back?.responseMode == .query ? back?.uri : nil,
            backForm: back?.responseMode == .formPost ? back?.form : nil
        )
        var response = pages.response(.refused(page), status: refusal.reason.status)
        if let wait = refusal.retryAfter { response.headers[.retryAfter] = "\(wait)" }
        return response
    }
}

extension LogonReason {
    /// The status of the page.
    var status: HTTPResponse.Status {
        switch self {
        case .unknownEnterprise: .notFound
        case .stateExpired, .codeExpired, .denied: .badRequest
        case .wecomUnavailable, .configurationUnknown, .serviceUnavailable: .serviceUnavailable
        case .tooManyCodes: .tooManyRequests
        case .internal: .internalServerError
        default: .forbidden
        }
    }
}

extension ResponsibleParty {
    fileprivate var chinese: String {
        switch self {
        case .enterpriseAdministrator, .tenantAdministrator: "企业管理员"
        case .employee: "您本人"
        case .operator: "服务运营人员"
        }
    }

    fileprivate var english: String {
        switch self {
        case .enterpriseAdministrator, .tenantAdministrator: "your enterprise's administrator"
        case .employee: "you"
        case .operator: "the operator of this service"
        }
    }
}
