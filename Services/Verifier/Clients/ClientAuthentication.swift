import FoundationEssentials
import HTTPTypes
import Hummingbird
import JWTKit
import Messages
import Runtime
import Sealing
import Web

/// Which client speaks to a token endpoint (RFC 6749 §2.3): by its secret as `client_secret_basic` or
/// `client_secret_post`, or by its key as `private_key_jwt`.
struct ClientAuthentication: Sendable {
    let clients: ClientStore
    let assertions: ClientAssertionStore
    /// Whom assertions are for: `PUBLIC_URL`, and the endpoints there.
    let issuer: String

    /// The client that sent a form, and the form.
    ///
    /// - Throws: ``OAuthError``.
    func caller(_ request: Request) async throws -> (Client, FormFields) {
        guard request.isForm else {
            throw OAuthError(.invalidRequest, "The body must be application/x-www-form-urlencoded.")
        }
        let form = try await request.bodyForm()
        if let excess = FieldLimits.excess(form) { throw OAuthError(.invalidRequest, excess.sentence) }
        if let name = FieldLimits.repeated(form) {
            throw OAuthError(.invalidRequest, "\(name) is given more than once.")
        }
        return (try await client(request, form), form)
    }

    /// - Throws: ``OAuthError`` `invalid_client`, which does not tell a wrong name from a wrong secret.
    func client(_ request: Request, _ form: FormFields) async throws -> Client {
        let basic = try request.headers[.authorization].map { (text) throws(OAuthError) in try Self.basic(text) }
        let assertion = form["client_assertion"]
        let ways = [basic != nil, form["client_secret"] != nil, assertion != nil]
        guard ways.count(where: { $0 }) <= 1 else {
            throw OAuthError(.invalidRequest, "The client authenticates in two ways at once.")
        }
        let claimed = basic?.id ?? assertion.flatMap { ClientAssertion.claimed($0) }
        guard let id = claimed ?? form["client_id"], form["client_id"] ?? id == id,
            let client = try await clients.find(id)
        else { throw Self.unknown }
        let isProven: Bool
        if let keys = try client.keys {
            isProven = try await isItself(client, keys, by: assertion, form["client_assertion_type"])
        } else {
            let secret = (basic?.secret ?? form["client_secret"]).map { Secret($0) }
            isProven = assertion == nil && client.accepts(secret)
        }
        guard isProven else { throw Self.unknown }
        return client
    }

    /// Whether an assertion is the client's, for us, in time, and shown for the first time.
    private func isItself(
        _ client: Client,
        _ json: String,
        by text: String?,
        _ type: String?
    ) async throws -> Bool {
        guard let text, type == ClientAssertion.type else { return false }
        let keys = JWTKeyCollection()
        guard (try? await keys.add(jwksJSON: json)) != nil,
            let assertion = try? await keys.verify(text, as: ClientAssertion.self, iteratingKeys: true)
        else { return false }
        let audiences = Set(
            [""] + ["token", "introspect", "revoke", "par", "device-authorization"].map { "/oauth2/\($0)" }
        )
        return assertion.holds(
            for: client.id,
            audiences: Set(audiences.map { issuer + $0 }),
            at: Timestamp.now.millisecondsSince1970 / 1_000
        ) ? try await assertions.take(assertion) : false
    }

    /// Always with a challenge: no 401 may lack one (RFC 9110 §15.5.2).
    private static var unknown: OAuthError {
        OAuthError(
            .invalidClient,
            "The client is not known, or does not authenticate as it should.",
            challenge: .basic
        )
    }

    private static func basic(_ header: String) throws(OAuthError) -> (id: String, secret: String?) {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let bytes = Data(base64Encoded: String(parts[1]))
        else { throw unknown }
        let pair = String(decoding: bytes, as: UTF8.self)
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { throw unknown }
        let secret = PercentEncoding.decodeForm(pair[1])
        return (PercentEncoding.decodeForm(pair[0]), secret.isEmpty ? nil : secret)
    }
}
