import HTTPTypes
import Hummingbird
import Messages
import Runtime
import Web
import WeCom

/// `/api/v1`: how native clients log on, and where operators look up a diagnosis.
struct NativeRoutes: Sendable {
    let logon: Logon
    let grants: GrantStore
    let issuer: TokenIssuer
    let diagnoses: DiagnosisStore
    let authentication: ClientAuthentication
    let operators: OperatorAccess

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/api/v1/enterprises/{enterpriseID}/logon-options") { _, context in
            let id = context.parameters.get("enterpriseID") ?? ""
            return try await refusing { try await options(id) }
        }
        router.post("/api/v1/logon/wecom-code") { request, context in
            let body = try await request.form(CodeLogon.rule, context: context)
            return try await refusing { try await exchange(body, request) }
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

    private func options(_ text: String) async throws -> Response {
        guard let enterprise = EnterpriseID(text) else { throw Refusal(.unknownEnterprise) }
        let items = try await logon.options(of: enterprise).compactMap { configuration -> Options.Option? in
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

    private func exchange(_ body: CodeLogon, _ request: Request) async throws -> Response {
        let client = try await client(body, request)
        do {
            let (configuration, _) = try await logon.open(body.idpID, of: body.enterpriseID)
            guard Schema.accepts(body.schema, for: configuration) else {
                throw Refusal(.schemaMismatch, configuration: configuration, detail: Schema.advice(configuration))
            }
            guard client.serves(configuration.tenant) else {
                throw Refusal(.otherTenantsClient, configuration: configuration)
            }
            let principal = try await logon.admit(code: body.code, through: body.idpID)
            guard let grant = try await grants.begin(principal, client: client) else {
                throw Refusal(.userDisabled, configuration: configuration, externalID: principal.externalID)
            }
            return try JSONAnswer.make(try await issuer.answer(grant, to: client))
        } catch var refusal as Refusal {
            refusal.client = client.id
            throw refusal
        }
    }

    /// - Throws: `Problem` 401, or 403 for a client that is not marked as native.
    private func client(_ body: CodeLogon, _ request: Request) async throws -> Client {
        do {
            let form = FormFields("client_id=\(PercentEncoding.encode(body.clientID))")
            let client = try await authentication.client(request, form)
            guard client.configuration.isNative else { throw Problem.clientNotNative }
            return client
        } catch let error as OAuthError {
            throw Problem(.unauthorized, "unknown-client", title: "Unknown client", detail: error.description)
        }
    }

    /// Keeps a refusal and answers it as a problem.
    private func refusing(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let refusal as Refusal {
            throw Problem(refusal, await diagnoses.record(refusal))
        }
    }
}

/// The body of `/api/v1/logon/wecom-code`.
private struct CodeLogon: Sendable {
    let enterpriseID: EnterpriseID
    let idpID: IdentityProviderID
    let code: String
    let schema: String
    let clientID: String

    static var rule: Rule<CodeLogon> {
        Runtime.Form.object { form throws(Mistakes) in
            let enterprise = form.required("enterpriseID", Rule.text(0...100).then(Self.enterprise))
            let idp = form.required("idpID", Rule.text(0...100).then(Self.idp))
            let code = form.required("code", .text(1...512))
            let schema = form.required("schema", .text(0...1_000))
            let client = form.required("clientID", .text(0...1_000))
            guard let enterprise, let idp, let code, let schema, let client else { return nil }
            return CodeLogon(enterpriseID: enterprise, idpID: idp, code: code, schema: schema, clientID: client)
        }
    }

    private static func enterprise(_ text: String) throws(Mistakes) -> EnterpriseID {
        guard let id = EnterpriseID(text) else { throw Mistakes("An enterprise ID has 10 letters and digits.") }
        return id
    }

    private static func idp(_ text: String) throws(Mistakes) -> IdentityProviderID {
        guard let id = IdentityProviderID(text) else { throw Mistakes("The identity provider's id is a UUID.") }
        return id
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

    /// 403, 429 where it has to wait, or 503 where nothing is known for now: what the page of a failed logon says.
    fileprivate init(_ refusal: Refusal, _ diagnosis: Diagnosis) {
        self.init(
            Self.status(refusal.reason),
            "logon-refused",
            title: "The logon was refused",
            detail: diagnosis.explanation,
            fix: diagnosis.fix,
            extensions: [
                "reason": diagnosis.reason, "whoActs": diagnosis.whoActs, "diagnosisID": diagnosis.id,
                "detailChinese": refusal.reason.explanation.chinese,
                "fixChinese": refusal.reason.explanation.chineseFix,
            ],
            headers: refusal.retryAfter.map { [.retryAfter: "\($0)"] } ?? [:]
        )
    }

    private static func status(_ reason: LogonReason) -> HTTPResponse.Status {
        switch reason {
        case .configurationUnknown: .serviceUnavailable
        case .tooManyCodes: .tooManyRequests
        default: .forbidden
        }
    }
}
