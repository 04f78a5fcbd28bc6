import HTTPTypes
import Hummingbird
import Messages
import NIOCore
import Web

/// `/oauth2/token`, `/oauth2/introspect` and `/oauth2/revoke`: what clients call themselves.
struct TokenRoutes: Sendable {
    let authentication: ClientAuthentication
    let grants: GrantStore
    let issuer: TokenIssuer

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.post("/oauth2/token") { request, _ in try await token(request) }
        router.post("/oauth2/introspect") { request, _ in try await introspect(request) }
        router.post("/oauth2/revoke") { request, _ in try await revoke(request) }
    }

    /// RFC 6749 §4.1.3 and §6, RFC 8628 §3.4.
    private func token(_ request: Request) async throws -> Response {
        let (client, form) = try await authentication.caller(request)
        let result: Result<Grant, GrantStore.Refusal>
        switch form["grant_type"] {
        case "authorization_code":
            result = try await grants.redeem(
                code: Self.required("code", form),
                by: client,
                redirectURI: form["redirect_uri"],
                verifier: form["code_verifier"],
                admitting: mayGoOn
            )
        case "refresh_token":
            result = try await grants.refresh(
                Self.required("refresh_token", form),
                by: client,
                admitting: { session in
                    _ = try Self.narrowed(form, session, client)
                    return try mayGoOn(session)
                }
            )
        case GrantStore.deviceGrantType: result = try await poll(form, by: client)
        case nil: throw OAuthError(.invalidRequest, "grant_type is missing.")
        default:
            throw OAuthError(
                .unsupportedGrantType,
                "grant_type must be authorization_code, refresh_token or \(GrantStore.deviceGrantType)."
            )
        }
        switch result {
        case .success(let grant):
            var response = try JSONAnswer.make(
                try await issuer.answer(grant, to: client, for: Self.narrowed(form, grant.session, client))
            )
            // For caches of HTTP/1.0 (RFC 6749 §5.1).
            if let name = HTTPField.Name("Pragma") { response.headers[name] = "no-cache" }
            return response
        case .failure(let refusal): throw OAuthError(.invalidGrant, refusal.rawValue)
        }
    }

    /// A device that asks whether somebody let it in.
    private func poll(_ form: FormFields, by client: Client) async throws -> Result<Grant, GrantStore.Refusal> {
        try client.requireDeviceFlow()
        let answer = try await grants.poll(Self.required("device_code", form), by: client, admitting: mayGoOn)
        switch answer {
        case .granted(let grant): return .success(grant)
        case .refused(let refusal): return .failure(refusal)
        case .pending: throw OAuthError(.authorizationPending, "The person has not answered yet; ask again.")
        case .tooFast:
            throw OAuthError(.slowDown, "You ask too often: wait five seconds longer from now on.")
        case .denied: throw OAuthError(.accessDenied, "The person did not let the device in.")
        case .expired: throw OAuthError(.expiredToken, "The person took too long; ask for another code.")
        }
    }

    /// What a refresh asks for less of (RFC 6749 §6); `nil` where it asks for all. As at the logon, what the client is not
    /// registered for is passed over, and `openid` is part of it.
    private static func narrowed(
        _ form: FormFields,
        _ session: Session,
        _ client: Client
    ) throws(OAuthError) -> Scope? {
        guard form["grant_type"] == "refresh_token", let text = form["scope"] else { return nil }
        let scope = Scope(text).limited(to: client.scope).with(.openid)
        guard scope.isWithin(session.scope) else {
            throw OAuthError(.invalidScope, "The scope must contain nothing that was not granted.")
        }
        return scope
    }

    /// Asked before anything is spent, so that who is told to try again can.
    private func mayGoOn(_ session: Session) throws -> Bool {
        switch issuer.standing(of: session.principal) {
        case .open: return true
        case .shut: return false
        case .unknown:
            throw OAuthError(
                .temporarilyUnavailable,
                "The identity provider's configuration is not known at present; the session goes on. Try again later."
            )
        }
    }

    /// RFC 7662. A public client learns of its own tokens only, and a tenant's client of those of its people.
    private func introspect(_ request: Request) async throws -> Response {
        let (client, form) = try await authentication.caller(request)
        let token = try Self.required("token", form)
        guard let found = try await introspection(of: token), client.serves(found.tenant),
            client.isConfidential || found.client == client.id
        else { return try JSONAnswer.make(["active": false]) }
        return try JSONAnswer.make(found)
    }

    private func introspection(of token: String) async throws -> Introspection? {
        if let (access, session) = try await issuer.session(of: token) {
            return Introspection(access, session, enterpriseID: issuer.enterpriseID(of: session.principal)?.description)
        }
        guard let session = try await grants.session(ofRefreshToken: token),
            issuer.standing(of: session.principal) != .shut
        else { return nil }
        return Introspection(refreshing: session, issuer: issuer.issuer)
    }

    /// RFC 7009: the session ends, and with it every token that comes from it. A token that means nothing is no error.
    private func revoke(_ request: Request) async throws -> Response {
        let (client, form) = try await authentication.caller(request)
        let token = try Self.required("token", form)
        // A former one, too: its client may never have got the answer with the next.
        var session = try await grants.session(ofRefreshToken: token, orFormer: true)
        if session == nil { session = try await issuer.session(of: token)?.session }
        if let session, session.client == client.id { try await grants.end(session.id) }
        // Nobody has to read it (§2.2), but some clients take an empty answer for none.
        return Response(
            status: .ok,
            headers: [.cacheControl: "no-store", .contentType: "text/plain"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "OK"))
        )
    }

    private static func required(_ name: String, _ form: FormFields) throws(OAuthError) -> String {
        guard let value = form[name] else { throw OAuthError(.invalidRequest, "\(name) is missing.") }
        return value
    }
}
