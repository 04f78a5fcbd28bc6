import HTTPTypes
import Hummingbird
import Web

/// `/oauth2/par`: takes an authorization request from the client itself, so that nobody on the way of the browser reads
/// or changes it (RFC 9126).
struct PushedRequestRoutes: Sendable {
    let authentication: ClientAuthentication
    let requests: PushedRequestStore
    let clients: ClientStore

    private struct Answer: Encodable {
        let requestURI: String
        let expiresIn = PushedRequestStore.lifetime

        enum CodingKeys: String, CodingKey {
            case requestURI = "request_uri"
            case expiresIn = "expires_in"
        }
    }

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.post("/oauth2/par") { request, _ in try await push(request) }
    }

    private func push(_ request: Request) async throws -> Response {
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
        let uri = try await requests.keep(wanted, of: client)
        return try JSONAnswer.make(Answer(requestURI: uri), status: .created)
    }
}
