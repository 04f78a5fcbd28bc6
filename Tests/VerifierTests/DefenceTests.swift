import Foundation
import HTTPTypes
import HummingbirdTesting
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Verifier

/// What keeps tokens from those whom they are not for.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct DefenceTests {
    private static let gateway = ["client_id": "gateway", "client_secret": "the gateway's secret"]
    private static let gatewayRedirect = "https://gateway.test/callback"

    @Test("a confidential client without its secret gets nothing", arguments: ["token", "introspect", "revoke"])
    func noSecret(endpoint: String) async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            let form = [
                "client_id": "gateway", "grant_type": "refresh_token", "refresh_token": tokens.refreshToken!,
                "token": tokens.accessToken,
            ]
            let response = try await bench.browser.post("/oauth2/\(endpoint)", form: form)
            #expect(response.status == .unauthorized)
            #expect(try response.error == "invalid_client")
        }
    }

    @Test("a code_verifier for a code without a challenge is refused")
    func needlessVerifier() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let changes: [String: String?] = [
                "client_id": "gateway", "redirect_uri": Self.gatewayRedirect, "code_challenge": nil,
                "code_challenge_method": nil,
            ]
            let state = try await bench.begin(configuration, in: browser, changes)
            let back = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            let code = try #require(back.query("code"))
            let form = Self.gateway.merging(["redirect_uri": Self.gatewayRedirect]) { $1 }
            #expect(try await bench.redeem(code, form).error == "invalid_grant")
        }
    }

    @Test("a refresh token of another client is refused, and the other's session lives on")
    func foreignRefresh() async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            let form = Self.gateway.merging(
                ["grant_type": "refresh_token", "refresh_token": tokens.refreshToken!]
            ) { $1 }
            #expect(try await bench.browser.post("/oauth2/token", form: form).error == "invalid_grant")
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
            #expect(try await bench.refresh(tokens.refreshToken!).status == .ok)
        }
    }

    @Test("an access token that has expired counts nowhere")
    func expiredAccessToken() async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            let aged = try await bench.aged(tokens.accessToken)
            #expect(try await bench.userinfo(aged).status == .unauthorized)
            #expect(try await bench.isActive(aged, for: Self.gateway) == false)
            #expect(try await bench.isActive(tokens.accessToken, for: Self.gateway))
        }
    }

    @Test("a session that has expired is over everywhere")
    func expiredSession() async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            try await bench.wiring.database.run(
                "update verifier.sessions set expires_at = now() - interval '1 second'"
            )
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
            #expect(try await bench.isActive(tokens.accessToken, for: Self.gateway) == false)
            #expect(try await bench.isActive(tokens.refreshToken!, for: Self.gateway) == false)
            #expect(try await bench.refresh(tokens.refreshToken!).error == "invalid_grant")
        }
    }

    @Test("a logon that took too long at WeCom is over")
    func expiredState() async throws {
        try await Bench.run { bench in
            let browser = bench.browser
            let configuration = try await bench.enterprise()
            let late = try bench.late(configuration, in: browser)
            let page = try await bench.finish(late, as: .member("ZhangSan"), in: browser)
            #expect(page.element("reason") == "state_expired")
            #expect(bench.wecom.calls.isEmpty)
        }
    }

    @Test("a request that took too long before WeCom is over")
    func expiredRequest() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let ticket = try bench.ticket(endingIn: -1)
            let start = "/logon/\(configuration.enterpriseID)/start?idp=\(configuration.id)&request=\(ticket)"
            #expect(
                try await browser.get("/logon/\(configuration.enterpriseID)?request=\(ticket)").status == .badRequest
            )
            #expect(try await browser.get(start).element("reason") == "state_expired")
        }
    }

    @Test("a session that began while its identity provider was closed is worth nothing")
    func closedProvider() async throws {
        try await Bench.run { bench in
            var configuration = try await bench.enterprise()
            configuration.status = .closed
            configuration.revision = configuration.revision.next
            try await bench.publish(configuration)
            let grant = try await bench.begin("ZhangSan", of: configuration, client: "sase")
            let refreshToken = try #require(grant.refreshToken).text
            #expect(try await bench.isActive(refreshToken, for: Self.gateway) == false)
            #expect(try await bench.refresh(refreshToken).error == "invalid_grant")
            let access = try await bench.accessToken(of: grant.session)
            #expect(try await bench.isActive(access, for: Self.gateway) == false)
            #expect(try await bench.userinfo(access).status == .unauthorized)
            let code = try await bench.beginWithCode("ZhangSan", of: configuration)
            #expect(try await bench.redeem(code).error == "invalid_grant")
        }
    }

    @Test("a public client learns of its own tokens only")
    func publicIntrospection() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let others = try await bench.begin("ZhangSan", of: configuration, client: "gateway")
            let own = try await bench.begin("ZhangSan", of: configuration, client: "sase")
            let sase = ["client_id": "sase"]
            for (session, refresh, isActive) in [
                (others.session, others.refreshToken!.text, false), (own.session, own.refreshToken!.text, true),
            ] {
                #expect(try await bench.isActive(refresh, for: sase) == isActive)
                #expect(try await bench.isActive(bench.accessToken(of: session), for: sase) == isActive)
            }
        }
    }

    @Test("an identity provider cannot be reached under another enterprise's ID")
    func foreignEnterprise() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let other = try await bench.enterprise()
            let options = try await bench.browser.get("/logon/\(other.enterpriseID)?idp=\(configuration.id)")
            #expect(options.status == .forbidden)
            #expect(options.element("reason") == "no_identity_provider")
            let start = try await bench.browser.get("/logon/\(other.enterpriseID)/start?idp=\(configuration.id)")
            #expect(start.status == .forbidden)
            #expect(start.element("reason") == "no_identity_provider")
            let body = Bench.nativeBeginning(configuration, ["enterpriseID": other.enterpriseID.description])
            let native = try await bench.browser.post("/api/v1/logon/wecom-state", json: body)
            #expect(try native.json["reason"] as? String == "no_identity_provider")
        }
    }

    @Test("a person of an earlier generation does not log on")
    func earlierGeneration() async throws {
        try await Bench.run { bench in
            var configuration = try await bench.enterprise()
            configuration.generation = configuration.generation.next
            configuration.revision = configuration.revision.next
            try await bench.publish(configuration)
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser)
            let page = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            #expect(page.element("reason") == "user_unknown")
        }
    }

    @Test("a NUL, which no database keeps, is refused by its field's name, and as a token it is worth nothing")
    func nul() async throws {
        try await Bench.run { bench in
            let browser = bench.browser
            for token in ["\0.1.a.b", "\(UUID().uuidString.lowercased())\0.1.a.b"] {
                #expect(try await bench.refresh(token).error == "invalid_grant")
                #expect(try await bench.isActive(token, for: Self.gateway) == false)
                let form = Self.gateway.merging(["token": token]) { $1 }
                #expect(try await browser.post("/oauth2/revoke", form: form).status == .ok)
            }
            let push = Self.gateway.merging([
                "redirect_uri": Self.gatewayRedirect, "response_type": "code", "scope": "openid", "nonce": "\0",
            ]) { $1 }
            let pushed = try await browser.post("/oauth2/par", form: push)
            #expect(try pushed.error == "invalid_request")
            #expect(try pushed.json["error_description"] as? String == "nonce has the character NUL.")
            let back = try await browser.get(Bench.authorizeURI(["nonce": "\0"]))
            #expect(back.query("error") == "invalid_request")
            for path in [
                "/oauth2/authorize?client_id=%00&request_uri=urn:ietf:params:oauth:request_uri:x",
                "/oauth2/authorize?client_id=%00", "/logon?enterprise_id=%00", "/device?user_code=%00",
                "/oauth2/end-session?client_id=%00",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == .badRequest, "\(path)")
                #expect(page.headers[.contentType]?.hasPrefix("text/html") == true, "\(path)")
            }
        }
    }

    @Test("what is too long is refused with its name and its limit")
    func tooLong() async throws {
        try await Bench.run { bench in
            let long = String(repeating: "长", count: 3_000)
            for field in ["client_id", "redirect_uri"] {
                let page = try await bench.browser.get(Bench.authorizeURI([field: long]))
                #expect(page.status == .badRequest)
                #expect(page.text.contains("\(field) has more than "))
            }
            let back = try await bench.browser.get(Bench.authorizeURI(["state": long]))
            #expect(back.query("error_description") == "state has more than 2000 bytes.")
            #expect(back.query("state") == nil)
            let token = try await bench.browser.post("/oauth2/token", form: ["client_id": "sase", "code": long])
            #expect(token.status == .badRequest)
            #expect(try token.json["error_description"] as? String == "code has more than 512 bytes.")
            for path in ["/logon?enterprise_id=", "/logon/callback?code=c&state=", "/oauth2/end-session?state="] {
                let page = try await bench.browser.get(path + TestBrowser.escaped(long))
                #expect(page.status == .badRequest)
                #expect(page.text.contains(" bytes."))
            }
        }
    }
}
