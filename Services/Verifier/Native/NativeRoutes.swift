import HTTPTypes
import Hummingbird
import Messages
import Pipeline
import Runtime
import Web
import WeCom

/// `/api/v1`: how native clients log on, and where operators look up a diagnosis.
///
/// A native client first asks for a state, with a challenge of its own; then only who has the verifier of that challenge
/// can come back with the code that WeCom's SDK gave, and once. WeCom does not say what a code was meant for, so only
/// clients that are marked as native may show codes here at all.
struct NativeRoutes: Sendable {
    let logon: Logon
    let grants: GrantStore
    let issuer: TokenIssuer
    let diagnoses: DiagnosisStore
    let authentication: ClientAuthentication
    let tickets: NativeTickets
    let proxies: TrustedProxies
    let operators: OperatorAccess

    func add(to router: some RouterMethods<VerifierContext>) {
        router.get("/api/v1/enterprises/{enterpriseID}/logon-options") { request, context in
            let id = context.parameters.get("enterpriseID") ?? ""
            let address = proxies.visitor(of: request, context)
            return try await refusing(address) { try await options(id, address) }
        }
        router.post("/api/v1/logon/wecom-state") { request, context in
            let body = try await request.form(NativeBeginning.rule, context: context)
            let address = proxies.visitor(of: request, context)
            return try await refusing(address) { try await begin(body, request, address) }
        }
        router.post("/api/v1/logon/wecom-code") { request, context in
            let body = try await request.form(NativeReturn.rule, context: context)
            let address = proxies.visitor(of: request, context)
            return try await refusing(address) { try await exchange(body, request, address) }
        }
        router.get("/api/v1/diagnoses/{id}") { request, context in
            try operators.check(request)
            let id = context.parameters.get("id") ?? ""
            guard let diagnosis = try await diagnoses.find(id) else {
                throw Problem.notFound("There is no diagnosis of this id; they are kept for 90 days.")
            }
            return try JSONAnswer.make(diagnosis)
        }
    }

    /// What a native client needs for WeCom's SDK (`wecom.md` §4.5).
    private struct Options: Encodable {
        struct Option: Encodable {
            let id: IdentityProviderID
            let description: String
            let name: String
            let corpID: String
            let agentID: Int64
            let schema: String?
            let logonPath: String
        }

        let enterpriseID: EnterpriseID
        let items: [Option]
    }

    private func options(_ text: String, _ address: VisitorAddress) async throws -> Response {
        guard let enterprise = EnterpriseID(text) else { throw Refusal(.unknownEnterprise) }
        let open = try await logon.limits.searching(from: address) { try await logon.options(of: enterprise) }
        let items = open.compactMap { configuration -> Options.Option? in
            guard let connection = configuration.connection else { return nil }
            return Options.Option(
                id: configuration.id,
                description: configuration.description,
                name: configuration.name.description,
                corpID: connection.corpID,
                agentID: connection.agentID,
                schema: Schema.expected(configuration),
                logonPath: LogonLinks.path(start: configuration.id, of: enterprise, request: nil)
            )
        }
        return try JSONAnswer.make(Options(enterpriseID: enterprise, items: items))
    }

    /// What a native client goes to WeCom with.
    private struct Begun: Encodable {
        let state: String
        let ticket: String
        let expiresIn = PendingLogon.lifetime
    }

    private func begin(_ body: NativeBeginning, _ request: Request, _ address: VisitorAddress) async throws -> Response
    {
        let client = try await client(body.clientID, request)
        return try await adding(client) {
            let (configuration, _) = try await logon.limits.searching(from: address) {
                try await logon.open(body.idpID, of: body.enterpriseID)
            }
            guard Schema.accepts(body.schema, for: configuration) else {
                throw Refusal(.schemaMismatch, configuration: configuration, detail: Schema.advice(configuration))
            }
            guard client.serves(configuration.tenant) else {
                throw Refusal(.otherTenantsClient, configuration: configuration)
            }
            let begun = NativeLogon(
                identityProvider: configuration.id,
                client: client.id,
                schema: body.schema,
                challenge: body.codeChallenge,
                end: Self.seconds + PendingLogon.lifetime
            )
            let (state, ticket) = try tickets.begin(begun)
            return try JSONAnswer.make(Begun(state: state, ticket: ticket))
        }
    }

    private func exchange(_ body: NativeReturn, _ request: Request, _ address: VisitorAddress) async throws -> Response
    {
        let client = try await client(body.clientID, request)
        return try await adding(client) {
            guard let begun = tickets.find(body.state, body.ticket), begun.client == client.id,
                PKCE.matches(body.codeVerifier, challenge: begun.challenge)
            else { throw Refusal(.stateUnknown) }
            let attempt = LogonAttempt(
                identityProvider: begun.identityProvider,
                code: body.code,
                mark: PendingLogon.digest(of: body.state),
                isInTime: begun.end > Self.seconds,
                address: address,
                schema: begun.schema
            )
            let principal = try await logon.admit(attempt)
            do {
                let grant = try await grants.begin(principal, client: client)
                return try JSONAnswer.make(try await issuer.answer(grant, to: client))
            } catch let obstacle as GrantStore.NotBegun {
                let configuration = logon.configurations.configuration(begun.identityProvider)
                throw Refusal(obstacle.reason, configuration: configuration, externalID: principal.externalID)
            }
        }
    }

    private static var seconds: Int64 { Timestamp.now.millisecondsSince1970 / 1_000 }

    /// Adds to a refusal which client it was.
    private func adding(_ client: Client, _ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch var refusal as Refusal {
            refusal.client = client.id
            throw refusal
        }
    }

    /// - Throws: `Problem` 401, or 403 for a client that is not native.
    private func client(_ id: String, _ request: Request) async throws -> Client {
        let client: Client
        do {
            client = try await authentication.client(request, FormFields("client_id=\(PercentEncoding.encode(id))"))
        } catch let error as OAuthError {
            throw Problem(.unauthorized, "unknown-client", title: "Unknown client", detail: error.description)
        }
        guard client.configuration.isNative else { throw Problem.clientNotNative }
        return client
    }

    /// Keeps a refusal and answers it as a problem.
    private func refusing(_ address: VisitorAddress, _ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let refusal as Refusal {
            throw Problem(refusal, await diagnoses.record(refusal, from: address))
        }
    }
}

extension Problem {
    /// 403: the code of WeCom's own app is for native clients alone.
    fileprivate static let clientNotNative = Problem(
        .forbidden,
        "client-not-native",
        title: "Not a native client",
        detail: "The client is not marked as native.",
        fix: "Use /oauth2/authorize, or have an administrator mark the client as native."
    )

    /// What the page of a failed logon says, under the same status.
    fileprivate init(_ refusal: Refusal, _ diagnosis: Diagnosis) {
        self.init(
            refusal.reason.status,
            "logon-refused",
            title: "The logon was refused",
            detail: refusal.reason.explanation.english,
            fix: refusal.reason.explanation.englishFix,
            extensions: [
                "reason": diagnosis.reason, "whoActs": diagnosis.whoActs, "diagnosisID": diagnosis.id,
                "detailChinese": refusal.reason.explanation.chinese,
                "fixChinese": refusal.reason.explanation.chineseFix,
            ],
            headers: Self.wait(refusal).map { [.retryAfter: "\($0)"] } ?? [:]
        )
    }

    /// Seconds after which it may be tried again: a few where that is not known and only something is away.
    private static func wait(_ refusal: Refusal) -> Int64? {
        refusal.retryAfter ?? (refusal.reason.status == .serviceUnavailable ? 5 : nil)
    }
}
