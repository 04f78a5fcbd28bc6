import AsyncHTTPClient
import Crypto
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Runtime
import Sealing

/// The console as an OpenID Connect client of the verifier: how employees who are administrators sign in.
struct SignInClient: Sendable {
    /// Tokens that the verifier gave.
    struct Tokens: Decodable, Sendable {
        let access: String
        let refresh: String?
        /// How long the access token counts, in seconds.
        let lifetime: Int

        enum CodingKeys: String, CodingKey {
            case access = "access_token"
            case refresh = "refresh_token"
            case lifetime = "expires_in"
        }
    }

    /// Why there are no tokens.
    enum Failure: Error, Equatable {
        /// The verifier refuses, and would again: the code was used, or the session has ended.
        case refused
        /// The verifier does not answer, or cannot at present.
        case away
    }

    private static let patience = TimeAmount.seconds(10)
    private static let largestAnswer = 64 * 1_024
    /// `registry` makes the access token one that the registry takes.
    private static let scope = "openid offline_access registry"

    /// `SIGN_IN_CLIENT_ID` and `SIGN_IN_CLIENT_SECRET`; the client may be a public one, as there is PKCE.
    let id: String
    let secret: Secret?
    /// Where the verifier is, as browsers reach it and as the console does.
    let logonURL: String
    let verifierURL: String
    /// Where the verifier sends people back to.
    let redirectURI: String

    /// Where the browser goes to log on: by WeCom anew, as whoever signed out may have left it to somebody else.
    func authorization(of pending: PendingSignIn, language: String) -> String {
        let challenge = Base64URL.encode(SHA256.hash(data: Data(pending.verifier.utf8)))
        return PercentEncoding.url(
            logonURL + "/oauth2/authorize",
            [
                ("client_id", id), ("redirect_uri", redirectURI), ("response_type", "code"), ("scope", Self.scope),
                ("state", pending.state), ("code_challenge", challenge), ("code_challenge_method", "S256"),
                ("prompt", "login"), ("ui_locales", language),
            ]
        )
    }

    /// The tokens for a code.
    func redeem(_ code: String, of pending: PendingSignIn, by http: HTTPClient) async throws(Failure) -> Tokens {
        try await tokens(
            [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI),
                ("code_verifier", pending.verifier),
            ],
            by: http
        )
    }

    /// New tokens in the place of old ones.
    func refresh(_ token: String, by http: HTTPClient) async throws(Failure) -> Tokens {
        try await tokens([("grant_type", "refresh_token"), ("refresh_token", token)], by: http)
    }

    /// Ends the session behind a refresh token (RFC 7009). Where the verifier is away it ends by itself, later.
    func revoke(_ token: String, by http: HTTPClient) async {
        _ = try? await answer("/oauth2/revoke", [("token", token)], by: http)
    }

    private func tokens(_ fields: [(String, String)], by http: HTTPClient) async throws(Failure) -> Tokens {
        let (status, body) = try await answer("/oauth2/token", fields, by: http)
        if status == 200, let tokens = try? JSONDecoder().decode(Tokens.self, from: body) { return tokens }
        throw status == 400 || status == 401 ? .refused : .away
    }

    private func answer(
        _ path: String,
        _ fields: [(String, String)],
        by http: HTTPClient
    ) async throws(Failure) -> (status: UInt, body: Data) {
        var fields = fields + [("client_id", id)]
        if let secret { fields.append(("client_secret", secret.withValue { $0 })) }
        let form = fields.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        var request = HTTPClientRequest(url: verifierURL + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: form))
        do {
            let response = try await http.execute(request, timeout: Self.patience)
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            return (response.status.code, Data(body.readableBytesView))
        } catch {
            throw .away
        }
    }
}
