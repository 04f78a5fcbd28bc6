import Foundation
import HTTPTypes
import HummingbirdTesting
import JWTKit
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Verifier

@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct LogonFlowTests {
    @Test("an employee gets from the client through WeCom to tokens that the published keys verify")
    func wholePath() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser)
            let back = try await bench.finish(state, as: .member("zhangsan"), in: browser)
            #expect(back.location.hasPrefix(Bench.redirectURI + "?"))
            #expect(back.query("state") == "client state")
            #expect(back.query("iss") == Bench.publicURL)

            let response = try await bench.redeem(#require(back.query("code")))
            #expect(response.status == .ok)
            #expect(response.headers[.cacheControl] == "no-store")
            let tokens = try response.tokens
            #expect(tokens.expiresIn == 600)

            let keys = JWTKeyCollection()
            try await keys.add(jwksJSON: bench.browser.get("/oauth2/jwks").text)
            let token = try await keys.verify(tokens.idToken, as: IDToken.self)
            let person = try Bench.person("ZhangSan", in: configuration)
            #expect(token.iss == Bench.publicURL)
            #expect(token.person.sub == person.id.description)
            #expect(token.aud == "sase")
            #expect(token.nonce == "n-1")
            #expect(token.exp - token.iat == 600)
            #expect(token.person.name == "张三")
            #expect(token.person.preferredUsername == "zhangsan")
            #expect(token.person.email == "zhangsan@example.com")
            #expect(token.person.enterpriseID == configuration.enterpriseID.description)
            #expect(token.person.identityProvider == configuration.id.description)
            #expect(token.person.tenant == configuration.tenant.description)
            #expect(token.person.externalID == "ZhangSan")

            let userinfo = try await bench.userinfo(tokens.accessToken).json
            #expect(userinfo["sub"] as? String == token.person.sub)
            #expect(userinfo["name"] as? String == "张三")
            try await eventually("the logon is on auth.events.v1") {
                try await bench.events(LogonSucceeded.self, of: configuration.id).map(\.session) == [token.sid]
            }
        }
    }

    @Test("a code does not count without the verifier of its challenge")
    func pkceMismatch() async throws {
        try await Bench.run { bench in
            let code = try await bench.code(bench.enterprise(), in: bench.browser)
            let wrong = String(repeating: "a", count: 43)
            let response = try await bench.redeem(code, ["code_verifier": wrong])
            #expect(response.status == .badRequest)
            #expect(try response.error == "invalid_grant")
            #expect(try await bench.redeem(code).error == "invalid_grant")
        }
    }

    @Test("a code counts once; a second use ends the session that it began, unless it comes at once")
    func codeReuse() async throws {
        try await Bench.run { bench in
            let code = try await bench.code(bench.enterprise(), in: bench.browser)
            let tokens = try await bench.redeem(code).tokens
            #expect(try await bench.redeem(code).error == "invalid_grant")
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
            try await bench.wiring.database.run("update verifier.codes set used_at = used_at - interval '11 seconds'")
            #expect(try await bench.redeem(code).error == "invalid_grant")
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
            #expect(try await bench.refresh(tokens.refreshToken!).error == "invalid_grant")
        }
    }

    @Test("a code counts for its client, redirect_uri and 60 seconds only")
    func codeBounds() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let code = try await bench.code(configuration, in: bench.browser)
            let foreign = ["client_id": "gateway", "client_secret": "the gateway's secret"]
            #expect(try await bench.redeem(code, foreign).error == "invalid_grant")
            let elsewhere = ["redirect_uri": Bench.redirectURI + "/"]
            #expect(try await bench.redeem(code, elsewhere).error == "invalid_grant")

            let late = try await bench.code(configuration, in: bench.browser)
            try await bench.wiring.database.run("update verifier.codes set expires_at = now() - interval '1 second'")
            #expect(try await bench.redeem(late).error == "invalid_grant")
        }
    }

    @Test("a state counts once, and in the browser that began only")
    func stateReplay() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser)
            let stolen = try await bench.finish(state, as: .member("ZhangSan"), in: bench.browser)
            #expect(stolen.element("reason") == "state_unknown")
            let first = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            #expect(first.status == .found)
            let second = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            #expect(second.status == .badRequest)
            #expect(second.element("reason") == "state_replayed")
        }
    }

    @Test("a confidential client authenticates with its secret, and may do without PKCE")
    func confidentialClient() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let redirect = "https://gateway.test/callback"
            let changes: [String: String?] = [
                "client_id": "gateway", "redirect_uri": redirect, "code_challenge": nil,
                "code_challenge_method": nil,
            ]
            let state = try await bench.begin(configuration, in: browser, changes)
            let back = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            let form = try [
                "grant_type": "authorization_code", "code": #require(back.query("code")), "redirect_uri": redirect,
            ]
            func token(_ credentials: String) async throws -> TestResponse {
                let header = "Basic " + Data(credentials.utf8).base64EncodedString()
                return try await bench.browser.post("/oauth2/token", form: form, headers: [.authorization: header])
            }
            let wrong = try await token("gateway:another secret")
            #expect(wrong.status == .unauthorized)
            #expect(wrong.headers[.wwwAuthenticate]?.hasPrefix("Basic ") == true)
            #expect(try await token("gateway:the+gateway%27s+secret").status == .ok)
        }
    }

    @Test("a person without a client finds out that the connection works")
    func connectionCheck() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let page = try await browser.get("/logon?enterprise_id=\(configuration.enterpriseID)")
            let state = try await #require(browser.get(page.path).query("state"))
            let done = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            #expect(done.status == .ok)
            #expect(done.text.contains("连接正常"))
        }
    }

    @Test("within WeCom the way leads to the page that goes back at once")
    func inApp() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let path = "/logon/\(configuration.enterpriseID)"
            let desktop = try await bench.browser.get(path)
            #expect(desktop.location.contains("/wwlogin/sso/login?login_type=CorpApp"))
            #expect(desktop.query("redirect_uri") == Bench.publicURL + "/logon/callback")
            let agent = "Mozilla/5.0 (iPhone) wxwork/4.1.0 MicroMessenger/7.0.1"
            let phone = try await TestBrowser(bench.client, userAgent: agent).get(path)
            #expect(phone.location.contains("/connect/oauth2/authorize?appid=\(FakeWeCom.corpID)"))
            #expect(phone.location.hasSuffix("#wechat_redirect"))
        }
    }

    @Test("a token of WeCom's that has expired is renewed without the person noticing")
    func tokenRenewal() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            _ = try await bench.tokens(configuration)
            bench.wecom.expireTokens()
            let tokens = try await bench.tokens(configuration)
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
            #expect(bench.wecom.calls.filter { $0 == "gettoken" }.count == 2)
        }
    }
}
