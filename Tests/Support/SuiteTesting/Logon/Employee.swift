import Crypto
public import Foundation

/// An employee at the SASE client: opens the logon pages, signs in on WeCom's, and takes the tokens.
///
/// Does with HTTP what a browser does: follows redirects, keeps cookies, presses the buttons.
public struct Employee: Sendable {
    /// What came of a logon.
    public enum Outcome: Sendable {
        /// Logged on: the ID token's claims, and the tokens.
        case succeeded(Tokens)
        /// Refused, for the reason that the page names.
        case refused(reason: String)
    }

    /// What the token endpoint gave.
    public struct Tokens: Decodable, Sendable {
        /// For APIs.
        public let access_token: String
        /// Says who logged on.
        public let id_token: String
        /// Gets new ones.
        public let refresh_token: String?

        /// The ID token's claims as JSON.
        public var claims: Data {
            let parts = id_token.split(separator: ".")
            guard parts.count == 3 else { return Data() }
            var text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
            while text.utf8.count % 4 != 0 { text += "=" }
            return Data(base64Encoded: text) ?? Data()
        }
    }

    /// The pages were not what an employee expects.
    public struct Stuck: Error, CustomStringConvertible {
        /// Where, and what was there instead.
        public let description: String
    }

    private static let mostRedirects = 10

    /// The verifier.
    public let verifier: TestClient
    /// The client's own address, where the code arrives; nobody has to listen there.
    public let redirectURI: String
    /// The client's id.
    public let clientID: String

    /// - Parameters:
    ///   - verifier: Where the verifier listens.
    ///   - redirectURI: The client's own address.
    ///   - clientID: The client's id.
    ///   - patience: How long an answer is waited for.
    public init(
        verifier: String,
        redirectURI: String,
        clientID: String = Registry.usualClient,
        patience: Duration = TestClient.usualPatience
    ) {
        self.verifier = TestClient(verifier, patience: patience)
        self.redirectURI = redirectURI
        self.clientID = clientID
    }

    /// Logs on through the pages.
    ///
    /// - Parameters:
    ///   - enterpriseID: What is typed first.
    ///   - title: The description of the identity provider to choose.
    ///   - account: What is typed on WeCom's page.
    ///   - password: What is typed on WeCom's page.
    public func logOn(
        enterpriseID: String,
        choosing title: String,
        account: String,
        password: String
    ) async throws -> Outcome {
        var jar = CookieJar()
        let secret = Self.random()
        let state = Self.random()
        let entry = try await follow(authorizeURL(challenge: Self.challenge(secret), state: state), &jar)
        let options = try await typeEnterpriseID(enterpriseID, on: entry, &jar)
        if let reason = Self.reason(on: options.answer) { return .refused(reason: reason) }
        let signIn = try await choose(title, on: options, &jar)
        if let reason = Self.reason(on: signIn.answer) { return .refused(reason: reason) }
        let end = try await signInAtWeCom(account, password, on: signIn, &jar)
        if let reason = Self.reason(on: end.answer) { return .refused(reason: reason) }
        guard end.url.hasPrefix(redirectURI), let code = Form.value(of: "code", in: end.url) else {
            throw Stuck(description: "no code at \(end.url): \(end.answer.text.suffix(2_000))")
        }
        guard Form.value(of: "state", in: end.url) == state else { throw Stuck(description: "the state was changed") }
        return .succeeded(try await redeem(code, secret: secret))
    }

    /// New tokens for a refresh token; `nil` when it is refused.
    public func refresh(_ token: String) async throws -> Tokens? {
        let answer = try await tokenRequest([
            "grant_type": "refresh_token", "refresh_token": token, "client_id": clientID,
        ])
        return answer.status == 200 ? try answer.decode(Tokens.self) : nil
    }

    /// Whether the access token opens userinfo.
    public func isWelcome(_ tokens: Tokens) async throws -> Bool {
        let headers = ["Authorization": "Bearer \(tokens.access_token)"]
        return try await verifier.send("GET", "/oauth2/userinfo", headers: headers).status == 200
    }

    private func redeem(_ code: String, secret: String) async throws -> Tokens {
        let answer = try await tokenRequest([
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirectURI, "client_id": clientID,
            "code_verifier": secret,
        ])
        guard answer.status == 200 else {
            throw TestClient.UnexpectedAnswer(
                request: "POST /oauth2/token",
                status: answer.status,
                body: answer.text
            )
        }
        return try answer.decode(Tokens.self)
    }

    private func tokenRequest(_ fields: [String: String]) async throws -> TestClient.Answer {
        try await verifier.send(
            "POST",
            "/oauth2/token",
            headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Form.encode(fields)
        )
    }

    private func authorizeURL(challenge: String, state: String) -> String {
        verifier.base + "/oauth2/authorize?"
            + Form.query([
                "client_id": clientID, "redirect_uri": redirectURI, "response_type": "code",
                "scope": "openid profile email offline_access", "state": state, "nonce": Self.random(),
                "code_challenge": challenge, "code_challenge_method": "S256",
            ])
    }

    private static func random() -> String {
        Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64URL
    }

    private static func challenge(_ secret: String) -> String {
        Data(SHA256.hash(data: Data(secret.utf8))).base64URL
    }
}

extension Employee {
    /// A page, and where it was found.
    struct Page: Sendable {
        let url: String
        let answer: TestClient.Answer
    }

    private func typeEnterpriseID(_ id: String, on entry: Page, _ jar: inout CookieJar) async throws -> Page {
        var fields = ["enterprise_id": id]
        if let request = Self.hiddenField("request", on: entry.answer.text) { fields["request"] = request }
        return try await follow("/logon?" + Form.query(fields), from: entry.url, &jar)
    }

    /// WeCom's page, which comes at once where there is nothing to choose from.
    private func choose(_ title: String, on page: Page, _ jar: inout CookieJar) async throws -> Page {
        guard !Self.isSignIn(page) else { return page }
        guard let link = Self.button(titled: title, on: page.answer.text) else {
            throw Stuck(description: "no button '\(title)' on \(page.url): \(page.answer.text.suffix(2_000))")
        }
        return try await follow(link, from: page.url, &jar)
    }

    private static func isSignIn(_ page: Page) -> Bool { page.answer.text.contains("name=\"password\"") }

    private func signInAtWeCom(
        _ account: String,
        _ password: String,
        on page: Page,
        _ jar: inout CookieJar
    ) async throws -> Page {
        guard Self.isSignIn(page) else {
            throw Stuck(description: "no sign-in page at \(page.url): \(page.answer.text.suffix(2_000))")
        }
        let form = Form.encode(["account": account, "password": password, "action": "allow"])
        let headers = ["Content-Type": "application/x-www-form-urlencoded"]
        let answer = try await verifier.send("POST", page.url, headers: headers, body: form)
        guard let location = answer.header("Location") else {
            throw Stuck(description: "WeCom did not let \(account) in: \(answer.text.suffix(500))")
        }
        return try await follow(location, from: page.url, &jar)
    }

    /// Follows redirects until there is a page, or until the client's own address.
    private func follow(_ link: String, from origin: String? = nil, _ jar: inout CookieJar) async throws -> Page {
        var url = Self.resolve(link, origin ?? verifier.base)
        for _ in 0..<Self.mostRedirects {
            if url.hasPrefix(redirectURI) { return Page(url: url, answer: Self.nothing) }
            let answer = try await verifier.send("GET", url, headers: jar.headers(for: url))
            jar.take(answer.cookies, from: url)
            guard (300..<400).contains(answer.status), let location = answer.header("Location") else {
                return Page(url: url, answer: answer)
            }
            url = Self.resolve(location, url)
        }
        throw Stuck(description: "redirects without end at \(url)")
    }

    private static let nothing = TestClient.Answer(status: 0, header: { _ in nil }, cookies: [], body: Data())

    private static func resolve(_ link: String, _ base: String) -> String {
        URL(string: link, relativeTo: URL(string: base))?.absoluteString ?? link
    }

    /// What a page of refusal names as the reason.
    private static func reason(on answer: TestClient.Answer) -> String? {
        between("<code id=\"reason\">", "</code>", in: answer.text)
    }

    private static func hiddenField(_ name: String, on page: String) -> String? {
        between("<input type=\"hidden\" name=\"\(name)\" value=\"", "\"", in: page)
    }

    private static func button(titled title: String, on page: String) -> String? {
        for piece in page.split(separator: "<a ") where piece.contains(">\(title)<") {
            if let link = between("href=\"", "\"", in: String(piece)) { return unescape(link) }
        }
        return nil
    }

    private static func between(_ start: String, _ end: String, in text: String) -> String? {
        guard let from = text.range(of: start), let to = text.range(of: end, range: from.upperBound..<text.endIndex)
        else { return nil }
        return String(text[from.upperBound..<to.lowerBound])
    }

    private static func unescape(_ text: String) -> String {
        text.replacing("&amp;", with: "&").replacing("&#x2F;", with: "/").replacing("&#x3D;", with: "=")
    }
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
