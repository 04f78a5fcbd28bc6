import FoundationEssentials
import HTTPTypes
import Hummingbird
import Runtime
import Sealing
import Web

/// Which client speaks to a token endpoint (RFC 6749 §2.3).
struct ClientAuthentication: Sendable {
    let clients: Clients

    /// The client that sent a form, and the form.
    ///
    /// - Throws: ``OAuthError``.
    func caller(_ request: Request) async throws -> (Client, FormFields) {
        guard request.isForm else {
            throw OAuthError(.invalidRequest, "The body must be application/x-www-form-urlencoded.")
        }
        let form = try await request.bodyForm()
        if let excess = FieldLimits.excess(form) { throw OAuthError(.invalidRequest, excess.sentence) }
        if let name = form.repeated { throw OAuthError(.invalidRequest, "\(name) is given more than once.") }
        return (try client(request, form), form)
    }

    /// The client, by its secret if it has one: as `client_secret_basic` or `client_secret_post`.
    ///
    /// - Throws: ``OAuthError`` `invalid_client`, which does not tell a wrong name from a wrong secret.
    func client(_ request: Request, _ form: FormFields) throws(OAuthError) -> Client {
        let header = request.headers[.authorization]
        let shown = try header.map { (text) throws(OAuthError) in try Self.basic(text) }
        if shown != nil, form["client_secret"] != nil {
            throw OAuthError(.invalidRequest, "The client authenticates in two ways at once.")
        }
        guard let id = shown?.id ?? form["client_id"] else { throw Self.unknown(shown != nil) }
        guard shown == nil || form["client_id"] == nil || form["client_id"] == id else { throw Self.unknown(true) }
        let secret = (shown?.secret ?? form["client_secret"]).map { Secret($0) }
        guard let client = clients[id], client.secret == secret else { throw Self.unknown(shown != nil) }
        return client
    }

    private static func unknown(_ usesBasic: Bool) -> OAuthError {
        OAuthError(
            .invalidClient,
            "The client is not known, or does not authenticate as it should.",
            challenge: usesBasic ? .basic : nil
        )
    }

    private static func basic(_ header: String) throws(OAuthError) -> (id: String, secret: String?) {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let bytes = Data(base64Encoded: String(parts[1]))
        else { throw unknown(true) }
        let pair = String(decoding: bytes, as: UTF8.self)
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { throw unknown(true) }
        let secret = PercentEncoding.decodeForm(pair[1])
        return (PercentEncoding.decodeForm(pair[0]), secret.isEmpty ? nil : secret)
    }
}
