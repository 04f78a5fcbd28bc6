import JSONCoding
public import Sealing

extension WeComClient {
    /// So many seconds is a link good for, as a rule and at most.
    private static let longestLink: Int64 = 864_000

    /// `service/get_customized_auth_url`: the page that an administrator opens by QR code (wecom.md §1.5).
    ///
    /// - Parameters:
    ///   - state: 1 to 32 letters and digits, which come back with the authorization; else ``InvalidIdentifier``.
    ///   - templates: 1 to 9 templates; else ``InvalidIdentifier``.
    public func customizedAuthURL(
        state: String,
        templates: [SuiteID],
        token: ProviderToken
    ) async throws -> AuthorizationLink {
        guard IdentifierText.isPlausible(state, lengths: 1...32, marks: "") else {
            throw InvalidIdentifier(kind: "state", rule: "1 to 32 letters and digits")
        }
        guard (1...9).contains(templates.count) else {
            throw InvalidIdentifier(kind: "list of templates", rule: "1 to 9 long")
        }
        let body: [String: JSONValue] = [
            "state": .string(state),
            "templateid_list": .array(templates.map { .string($0.rawValue) }),
        ]
        let call = Call(path: "service/get_customized_auth_url", body: .object(body))
        let fields = try await fields(call.with(token))
        return try AuthorizationLink(
            url: fields.requiredText("qrcode_url"),
            lifetime: .seconds(min(max(fields.number("expires_in") ?? Self.longestLink, 0), Self.longestLink))
        )
    }

    /// `service/v2/get_permanent_code`: trades the pushed code, once, for the app's secret (wecom.md §1.7).
    public func permanentCode(authCode: Secret, token: SuiteToken) async throws -> PermanentAuthorization {
        let body = JSONValue.object(["auth_code": .string(authCode.withValue { $0 })])
        let call = Call(path: "service/v2/get_permanent_code", body: body, secrets: [authCode])
        let fields = try await fields(call.with(token))
        guard let corp = fields.object("auth_corp_info") else {
            throw WeComError(.missingField("auth_corp_info"), path: call.path)
        }
        let user = fields.object("auth_user_info")
        return try PermanentAuthorization(
            corpID: corpID(in: corp, path: call.path),
            corpName: corp.text("corp_name"),
            permanentCode: Secret(fields.requiredText("permanent_code")),
            administratorID: user?.text("userid", "open_userid"),
            state: fields.text("state") ?? fields.object("register_code_info")?.text("state")
        )
    }

    /// `service/v2/get_auth_info`: the app's number and rights in an enterprise that authorized it (wecom.md §1.8).
    public func authInfo(
        corpID: CorpID,
        permanentCode: Secret,
        token: SuiteToken
    ) async throws -> AuthorizationInfo {
        let body: [String: JSONValue] = [
            "auth_corpid": .string(corpID.rawValue),
            "permanent_code": .string(permanentCode.withValue { $0 }),
        ]
        let call = Call(path: "service/v2/get_auth_info", body: .object(body), secrets: [permanentCode])
        let fields = try await fields(call.with(token))
        guard let corp = fields.object("auth_corp_info") else {
            throw WeComError(.missingField("auth_corp_info"), path: call.path)
        }
        return try AuthorizationInfo(
            corpID: self.corpID(in: corp, path: call.path),
            corpName: corp.text("corp_name"),
            agents: fields.object("auth_info")?.objects("agent").compactMap(AuthorizedAgent.init) ?? []
        )
    }

    private func corpID(in corp: Fields, path: String) throws -> CorpID {
        guard let id = try? CorpID(corp.requiredText("corpid")) else {
            throw WeComError(.missingField("auth_corp_info.corpid"), path: path)
        }
        return id
    }
}
