import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Runtime
import Sealing
import Synchronization

@testable import Console

/// Somebody in front of the console, who keeps cookies and sends forms as a browser does.
final class Browser: Sendable {
    private let client: any TestClientProtocol
    private let kept = Mutex<[String: String]>([:])

    /// What is sent along with each request.
    var cookies: [String: String] {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }

    init(_ client: any TestClientProtocol) { self.client = client }

    func get(_ path: String, language: String = "en") async throws -> TestResponse {
        try await send(.get, path, [.acceptLanguage: language], nil)
    }

    /// Asks for the head of a page alone.
    func head(_ path: String) async throws -> TestResponse { try await send(.head, path, [:], nil) }

    /// Sends a form with the token of a page.
    func post(
        _ path: String,
        _ fields: [String: String] = [:],
        token: String?,
        site: String? = "same-origin",
        language: String = "en"
    ) async throws -> TestResponse {
        var fields = fields
        fields["token"] = token
        let body = fields.map { "\($0.key)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded", .acceptLanguage: language]
        if let site, let name = HTTPField.Name("Sec-Fetch-Site") { headers[name] = site }
        return try await send(.post, path, headers, body)
    }

    /// Signs in with a key, as the page has it.
    @discardableResult
    func signIn(_ key: String) async throws -> TestResponse {
        let token = try await get("/sign-in").formToken
        return try await post("/sign-in", ["key": key], token: token)
    }

    private func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields,
        _ body: String?
    ) async throws -> TestResponse {
        var headers = headers
        let pairs = cookies.map { "\($0.key)=\($0.value)" }
        if !pairs.isEmpty { headers[.cookie] = pairs.joined(separator: "; ") }
        let buffer = body.map { ByteBuffer(string: $0) }
        let response = try await client.execute(uri: path, method: method, headers: headers, body: buffer) { $0 }
        for cookie in response.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let isEnded = cookie.contains("Max-Age=0")
            cookies[String(pair[0])] = isEnded || pair.count < 2 ? nil : String(pair[1])
        }
        return response
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    /// What a form of the page has to carry.
    var formToken: String? {
        text.firstMatch(of: /name="token" value="([^"]+)"/).map { String($0.1) }
    }
}

extension TestResponse {
    /// How many buttons of the page itself send something, other than a search.
    var offers: Int {
        let page = text.split(separator: "<main ", maxSplits: 1).last ?? ""
        let forms = page.replacing(#/<form [^>]*role="search"[^>]*>.*?<\/form>/#.dotMatchesNewlines(), with: "")
        return forms.matches(of: /<button (?![^>]*type="button")/).count
    }

    /// What runs, styles or comes from elsewhere, which the policy would refuse.
    var foreignParts: [String] {
        let text = text
        let parts =
            text.matches(of: #/style="|<style/#).map { String($0.0) }
            + text.matches(of: #/<script(?! src="/assets/)/#).map { String($0.0) }
            + text.matches(of: #/ on[a-z]+="/#).map { String($0.0) }
            + text.matches(of: #/(?:src|action)="(?:https?:)?///#).map { String($0.0) }
        return parts
    }

    /// Where the page's styles and scripts are.
    var assetPaths: [String] { text.matches(of: #/"(/assets/[^"]+)"/#).map { String($0.1) } }
}

/// What the console's sign-ins are sealed with in tests.
let testSealingKeys = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

/// Runs a test with the console in front of made-up services.
///
/// - Parameter signsIn: Whether administrators sign in by the verifier, too.
func withConsole(signsIn: Bool = false, _ body: @escaping @Sendable (Browser) async throws -> Void) async throws {
    try await Application(router: StubServices.router()).test(.live) { stub in
        guard let port = stub.port else { throw NoPort() }
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .direct)
        let url = "http://127.0.0.1:\(port)"
        var settings = Settings(
            publicURL: "http://127.0.0.1:8085",
            registryURL: url,
            directory: .init(url: "\(url)/peer", key: Secret("directory-key-0123")),
            verifier: .init(url: "\(url)/peer", key: Secret("operator-key-01234")),
            logonURL: "http://127.0.0.1:8081",
            sealing: try SealingKeys(testSealingKeys),
            bootstrapFiles: "/usr/share/bootstrap-html",
            host: "127.0.0.1",
            port: 0
        )
        if signsIn {
            settings.signIn = SignInClient(
                id: "console",
                secret: nil,
                logonURL: settings.logonURL,
                verifierURL: "\(url)/peer",
                redirectURI: "\(settings.publicURL)/sign-in/wecom/callback"
            )
        }
        let desk = try await Desk(settings: settings, http: http, logger: Logger(label: "test"))
        do {
            try await Application(router: makeConsoleRouter(desk)).test(.router) { client in
                try await body(Browser(client))
            }
        } catch {
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }
}

/// The made-up services listen nowhere.
struct NoPort: Error {}
