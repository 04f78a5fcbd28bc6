import HTTPTypes
import Hummingbird
import Web

/// `/oauth2/par`: takes an authorization request from the client itself, so that nobody on the way of the browser reads
/// or changes it (RFC 9126).
struct PushedRequestRoutes: Sendable {
    let authentication: ClientAuthentication
    let requests: PushedRequestStore
    let clients: ClientStore
    let limits: LogonLimits
    let proxies: TrustedProxies

    private struct Answer: Encodable {
        let requestURI: String
        let expiresIn = PushedRequestStore.lifetime

        enum CodingKeys: String, CodingKey {
            case requestURI = "request_uri"
            case expiresIn = "expires_in"
        }
    }

    func add(to router: some RouterMethods<VerifierContext>) {
        router.post("/oauth2/par") { request, context in
            try await push(request, from: proxies.visitor(of: request, context))
        }
    }

    private func push(_ request: Request, from address: VisitorAddress) async throws -> Response {
        let (client, form) = try await authentication.caller(request)
        guard form["request_uri"] == nil else {
            throw OAuthError(.invalidRequest, "request_uri cannot be pushed.")
        }
        let wanted = form.removing(["client_secret", "client_assertion", "client_assertion_type"]).setting(
            "client_id",
            client.id
        )
        guard wanted.text.utf8.count <= PushedRequestStore.mostBytes else {
            throw OAuthError(.invalidRequest, "The request has more than \(PushedRequestStore.mostBytes) bytes.")
        }
        let origin: AuthorizationRequest.Return
        do {
            origin = try await AuthorizationRequest.whereabouts(wanted, clients.find)
        } catch let error as UntrustedRequest {
            throw OAuthError(.invalidRequest, error.page.english)
        }
        _ = try AuthorizationRequest(wanted, from: origin)
        if !client.isConfidential { try await count(address) }
        let uri = try await requests.keep(wanted, of: client)
        return try JSONAnswer.make(Answer(requestURI: uri), status: .created)
    }

    /// Anybody can push for a client without a secret, and what is pushed is kept for a minute.
    private func count(_ address: VisitorAddress) async throws {
        do {
            try await limits.count(.pushedRequest, of: address)
        } catch let error as LogonLimits.TooMany {
            throw OAuthError.tooMany("Too many requests are pushed from this address.", retryAfter: error.retryAfter)
        }
    }
}
