import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import Sealing
import Testing

@testable import Console

/// Administrators' tokens, which the console renews: shown twice, a refresh token would end the session.
@Suite
struct RenewalTests {
    private static let now = Int(Date().timeIntervalSince1970)

    private static func cookies() throws -> SessionCookies {
        SessionCookies(
            sealing: try SealingKeys(testSealingKeys),
            isSecure: false,
            idle: .seconds(1_800),
            absolute: .seconds(43_200)
        )
    }

    /// Of somebody whose access token is good for so many seconds yet.
    private static func session(lasting seconds: Int) -> Session {
        let actor = AuditActor(kind: "administrator", id: nil, name: "somebody")
        let current = CurrentAPIKey(actor: actor, role: .viewer, tenantID: nil)
        let tokens = SignInClient.Tokens(access: StubServices.key(.viewer), refresh: "the first", lifetime: seconds)
        return Session(current, tokens: tokens, now: now)
    }

    /// The refresh token that the browser holds after it has asked for a page.
    private static func token(after path: String, _ session: Session, status: Int) async throws -> String? {
        let held = Held()
        try await withConsole(signsIn: true) { browser in
            let cookie = try cookies().cookie(for: session)
            browser.cookies[cookie.name] = cookie.value
            #expect(try await browser.get(path).status.code == status)
            let request = Request(
                head: .init(
                    method: .get,
                    scheme: "http",
                    authority: "console",
                    path: "/",
                    headerFields: [.cookie: "\(cookie.name)=\(browser.cookies[cookie.name] ?? "")"]
                ),
                body: .init(buffer: ByteBuffer())
            )
            await held.keep(try cookies().session(of: request, at: now)?.renewal?.token)
        }
        return await held.token
    }

    private actor Held {
        var token: String?
        func keep(_ token: String?) { self.token = token }
    }

    @Test("the next tokens are kept whatever the page answers for which they were got")
    func kept() async throws {
        let session = Self.session(lasting: 30)
        #expect(try await Self.token(after: "/tenants", session, status: 200) == StubServices.nextRefreshToken)
        let nowhere = "/tenants/\(Sample.foreignTenant)/nothing"
        #expect(try await Self.token(after: nowhere, session, status: 404) == "the first", "no page, no renewal")
        let error = "/signing-keys"
        #expect(try await Self.token(after: error, session, status: 403) == StubServices.nextRefreshToken)
    }

    @Test("tokens that are fresh stay as they are")
    func fresh() async throws {
        #expect(try await Self.token(after: "/tenants", Self.session(lasting: 600), status: 200) == "the first")
    }

    @Test("whoever signs in does so by WeCom anew, whatever the browser remembers")
    func anew() throws {
        let client = SignInClient(
            id: "console",
            secret: nil,
            logonURL: "https://logon.test",
            verifierURL: "http://verifier.test",
            redirectURI: "https://console.test/sign-in/wecom/callback"
        )
        #expect(client.authorization(of: PendingSignIn(next: nil, now: 0), language: "en").contains("prompt=login"))
    }
}
