import Crypto
import Foundation
import HTTPTypes
import HummingbirdTesting
import Messages
import NIOCore
import Testing

@testable import Verifier

extension Bench {
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    /// The address that a client sends people to.
    static func authorizeURI(_ changes: [String: String?] = [:]) -> String {
        var fields: [String: String?] = [
            "client_id": "sase", "redirect_uri": redirectURI, "response_type": "code",
            "scope": "openid profile email groups offline_access", "state": "client state", "nonce": "n-1",
            "code_challenge": challenge, "code_challenge_method": "S256",
        ]
        fields.merge(changes) { $1 }
        let query = fields.compactMap { name, value in value.map { "\(name)=\(TestBrowser.escaped($0))" } }
        return "/oauth2/authorize?" + query.sorted().joined(separator: "&")
    }

    var browser: TestBrowser { TestBrowser(client) }

    /// Goes from the client to WeCom, and returns the state that WeCom is given.
    func begin(
        _ configuration: IdentityProviderConfiguration,
        in browser: TestBrowser,
        _ changes: [String: String?] = [:]
    ) async throws -> String {
        let hints = changes.merging(["enterprise_id": configuration.enterpriseID.description]) { one, _ in one }
        let authorize = try await browser.get(Self.authorizeURI(hints))
        let page = try await browser.get(authorize.path)
        if let state = page.query("state") { return state }
        let start = try #require(page.links.first { $0.contains("/start?idp=\(configuration.id)") })
        return try await state(from: start, in: browser)
    }

    /// Goes to WeCom by the first identity provider of a page, where there is more than one to choose from, and returns
    /// the state.
    func choose(_ page: TestResponse, in browser: TestBrowser) async throws -> String {
        if page.status == .found, let state = page.query("state") { return state }
        let start = try #require(page.links.first { $0.contains("/start?idp=") }, "\(page.text)")
        return try await state(from: start, in: browser)
    }

    /// The state that WeCom is given.
    func state(from start: String, in browser: TestBrowser) async throws -> String {
        let wecom = try await browser.get(start)
        return try #require(wecom.query("state"), "\(wecom.text)")
    }

    /// Comes back from WeCom.
    func finish(_ state: String, as person: FakeWeCom.Person, in browser: TestBrowser) async throws -> TestResponse {
        try await browser.get("/logon/callback?code=\(wecom.code(for: person))&state=\(state)")
    }

    /// What a native client begins a logon with.
    static func nativeBeginning(
        _ configuration: IdentityProviderConfiguration,
        _ changes: [String: String] = [:]
    ) -> [String: String] {
        [
            "enterpriseID": configuration.enterpriseID.description, "idpID": configuration.id.description,
            "schema": "wwauth4151efa784c9324d000002", "clientID": "sase", "codeChallenge": challenge,
        ].merging(changes) { $1 }
    }

    /// Logs on as a native client does: a state of ours, WeCom's SDK, and the code that it gives.
    func nativeLogon(
        to configuration: IdentityProviderConfiguration,
        code: String? = nil,
        in browser: TestBrowser? = nil
    ) async throws -> TestResponse {
        let browser = browser ?? self.browser
        let begun = try await browser.post("/api/v1/logon/wecom-state", json: Self.nativeBeginning(configuration))
        guard begun.status == .ok else { return begun }
        let code = code ?? wecom.code(for: .member("ZhangSan"))
        return try await browser.post("/api/v1/logon/wecom-code", json: Self.nativeReturn(begun, code: code))
    }

    /// What a native client comes back with.
    static func nativeReturn(_ begun: TestResponse, code: String) throws -> [String: String] {
        [
            "code": code, "state": try begun.json["state"] as? String ?? "",
            "ticket": try begun.json["ticket"] as? String ?? "", "codeVerifier": verifier, "clientID": "sase",
        ]
    }

    /// A code for the client.
    func code(
        _ configuration: IdentityProviderConfiguration,
        as userID: String = "ZhangSan",
        in browser: TestBrowser
    ) async throws -> String {
        let state = try await begin(configuration, in: browser)
        let back = try await finish(state, as: .member(userID), in: browser)
        return try #require(back.query("code"), "\(back.text)")
    }

    /// Changes a code for tokens.
    func redeem(_ code: String, _ changes: [String: String] = [:]) async throws -> TestResponse {
        var form = [
            "grant_type": "authorization_code", "client_id": "sase", "code": code, "redirect_uri": Self.redirectURI,
            "code_verifier": Self.verifier,
        ]
        form.merge(changes) { $1 }
        return try await browser.post("/oauth2/token", form: form)
    }

    /// Changes a refresh token for new tokens.
    func refresh(_ token: String) async throws -> TestResponse {
        try await browser.post(
            "/oauth2/token",
            form: ["grant_type": "refresh_token", "client_id": "sase", "refresh_token": token]
        )
    }

    /// The tokens of somebody who logs on.
    func tokens(
        _ configuration: IdentityProviderConfiguration,
        as userID: String = "ZhangSan"
    ) async throws -> TokenIssuer.Answer {
        let response = try await redeem(code(configuration, as: userID, in: browser))
        try #require(response.status == .ok, "\(response.text)")
        return try response.tokens
    }

    /// What an operator finds under an id.
    func diagnosis(_ id: String) async throws -> Diagnosis {
        let key: HTTPFields = [.authorization: "Bearer \(Self.operatorKey)"]
        let response = try await browser.get("/api/v1/diagnoses/\(id)", headers: key)
        try #require(response.status == .ok, "\(response.text)")
        return try JSONDecoder().decode(Diagnosis.self, from: Data(response.body.readableBytesView))
    }

    /// Who the bearer of an access token is.
    func userinfo(_ token: String) async throws -> TestResponse {
        try await browser.get("/oauth2/userinfo", headers: [.authorization: "Bearer \(token)"])
    }
}

extension TestResponse {
    /// The token endpoint's answer.
    var tokens: TokenIssuer.Answer {
        get throws { try JSONDecoder().decode(TokenIssuer.Answer.self, from: Data(body.readableBytesView)) }
    }

    /// OAuth's `error`.
    var error: String? {
        get throws { try json["error"] as? String }
    }
}
