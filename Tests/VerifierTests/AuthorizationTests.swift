import Egress
import Foundation
import HTTPTypes
import HummingbirdTesting
import JWTKit
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Verifier

/// What clients may demand of a logon (OpenID Connect Core §3.1.2.1, RFC 9126, RFC 9207).
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct AuthorizationTests {
    private static let gateway = ["client_id": "gateway", "client_secret": "the gateway's secret"]

    /// A browser in which ZhangSan has logged on.
    private static func loggedOn(
        _ bench: Bench,
        _ configuration: IdentityProviderConfiguration
    ) async throws -> (browser: TestBrowser, token: IDToken) {
        let browser = bench.browser
        let code = try await bench.code(configuration, in: browser)
        return (browser, try await idToken(bench.redeem(code)))
    }

    private static func idToken(_ response: TestResponse) throws -> IDToken {
        try #require(response.status == .ok, "\(response.text)")
        let (_, payload, _) = try DefaultJWTParser().parse(Array(response.tokens.idToken.utf8), as: IDToken.self)
        return payload
    }

    @Test("a browser that remembers a logon gets the next client its code without WeCom, of the same time")
    func remembered() async throws {
        try await Bench.run { bench in
            let (browser, first) = try await Self.loggedOn(bench, bench.enterprise())
            let calls = bench.wecom.calls.count
            for prompt in ["none", nil] as [String?] {
                let back = try await browser.get(Bench.authorizeURI(["prompt": prompt]))
                #expect(back.query("iss") == Bench.publicURL)
                let second = try await Self.idToken(bench.redeem(#require(back.query("code"), "\(back.location)")))
                #expect(second.authTime == first.authTime)
                #expect(second.person.sub == first.person.sub)
                #expect(second.sid != first.sid)
            }
            #expect(bench.wecom.calls.count == calls)
            let other = try await bench.browser.get(Bench.authorizeURI(["prompt": "none"]))
            #expect(other.query("error") == "login_required")
            #expect(other.query("state") == "client state")
        }
    }

    @Test("what a form of another site posts, with which browsers send no cookies, finds the remembered logon")
    func posted() async throws {
        try await Bench.run { bench in
            let (browser, _) = try await Self.loggedOn(bench, bench.enterprise())
            let form = [
                "client_id": "sase", "redirect_uri": Bench.redirectURI, "response_type": "code", "scope": "openid",
                "code_challenge": Bench.challenge, "code_challenge_method": "S256", "prompt": "none",
            ]
            let posted = try await bench.browser.post("/oauth2/authorize", form: form)
            #expect(try await browser.get(posted.path).query("code") != nil)
        }
    }

    @Test("a remembered logon does not do where another person, enterprise or time is demanded")
    func mismatch() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let elsewhere = try await bench.enterprise()
            let (browser, _) = try await Self.loggedOn(bench, configuration)
            func silent(_ changes: [String: String?]) async throws -> String? {
                let uri = Bench.authorizeURI(changes.merging(["prompt": "none"]) { one, _ in one })
                return try await browser.get(uri).query("error")
            }
            for hint in ["zhangsan", "ZhangSan@Example.com", configuration.enterpriseID.description] {
                #expect(try await silent(["login_hint": hint]) == nil)
            }
            #expect(try await silent(["max_age": "60"]) == nil)
            #expect(try await silent(["login_hint": "lisi"]) == "login_required")
            #expect(try await silent(["login_hint": elsewhere.enterpriseID.description]) == "login_required")
            #expect(try await silent(["enterprise_id": elsewhere.enterpriseID.description]) == "login_required")
            #expect(try await silent(["idp": elsewhere.id.description]) == "login_required")
            #expect(try await silent(["prompt": "none login"]) == "invalid_request")
            #expect(try await silent(["prompt": "sometimes"]) == "invalid_request")
            #expect(try await silent(["max_age": "-1"]) == "invalid_request")
            try await bench.wiring.database.run(
                "update verifier.browser_logons set authenticated_at = authenticated_at - interval '61 seconds'"
            )
            #expect(try await silent(["max_age": "60"]) == "login_required")
            #expect(try await silent(["max_age": "90"]) == nil)
        }
    }

    @Test("silent logons with hints that look like enterprise IDs count as nobody's guesses")
    func hints() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let hint = "wangxuehua"
            try #require(EnterpriseID(hint) != nil)
            let uri = Bench.authorizeURI(["prompt": "none", "login_hint": hint])
            for _ in 0...LogonLimits.Matter.unknownEnterprise.rate.minute {
                #expect(try await bench.browser.get(uri).query("error") == "login_required")
            }
            #expect(try await bench.browser.get("/logon/\(configuration.enterpriseID)").status == .found)
        }
    }

    @Test("whoever asks for a new logon gets the pages", arguments: ["login", "select_account"])
    func fresh(prompt: String) async throws {
        try await Bench.run { bench in
            let (browser, _) = try await Self.loggedOn(bench, bench.enterprise())
            let pages = try await browser.get(Bench.authorizeURI(["prompt": prompt]))
            #expect(pages.location.hasPrefix(Bench.publicURL + "/logon?request="))
        }
    }

    @Test("a browser forgets a person who is disabled, whose identity provider is closed, or who logs off")
    func forgotten() async throws {
        try await Bench.run { bench in
            func silent(_ browser: TestBrowser) async throws -> String? {
                try await browser.get(Bench.authorizeURI(["prompt": "none"])).query("error")
            }
            let disabled = try await bench.enterprise()
            let (one, _) = try await Self.loggedOn(bench, disabled)
            let off = try Bench.person("ZhangSan", in: disabled, kind: .disabled, isEnabled: false)
            try await bench.change([off], in: disabled, epoch: 2)
            #expect(try await silent(one) == "login_required")
            let on = try Bench.person("ZhangSan", in: disabled, kind: .restored)
            try await bench.change([on], in: disabled, epoch: 3)
            #expect(try await silent(one) == "login_required")

            var closed = try await bench.enterprise()
            let (two, _) = try await Self.loggedOn(bench, closed)
            closed.status = .closed
            closed.revision = closed.revision.next
            try await bench.publish(closed)
            #expect(try await silent(two) == "login_required")

            let (three, _) = try await Self.loggedOn(bench, bench.enterprise())
            let again = try await three.get(Bench.authorizeURI(["prompt": "none"]))
            let tokens = try await bench.redeem(#require(again.query("code"))).tokens
            _ = try await three.get("/oauth2/end-session?id_token_hint=\(tokens.idToken)")
            #expect(try await silent(three) == "login_required")
        }
    }

    @Test("an ID token as a hint lets nobody else in")
    func idTokenHint() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            bench.wecom.show("LiSi")
            let people = [try Bench.person("LiSi", in: configuration)]
            try await bench.change(people, in: configuration, epoch: 1, sequence: 2)
            let hint = try await bench.tokens(configuration, as: "LiSi").idToken
            let (browser, _) = try await Self.loggedOn(bench, configuration)
            let silent = try await browser.get(Bench.authorizeURI(["prompt": "none", "id_token_hint": hint]))
            #expect(silent.query("error") == "login_required")
            let forged = try await browser.get(Bench.authorizeURI(["id_token_hint": hint + "A"]))
            #expect(forged.query("error") == "invalid_request")

            let state = try await bench.begin(configuration, in: browser, ["id_token_hint": hint])
            let other = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            #expect(other.element("reason") == "other_person")
            #expect(other.links.contains { $0.contains("error=login_required") })
            let next = try await bench.begin(configuration, in: browser, ["id_token_hint": hint])
            #expect(try await bench.finish(next, as: .member("LiSi"), in: browser).query("code") != nil)
        }
    }

    @Test("a client that wants a form posted gets one that the page's policy lets run")
    func formPost() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser, ["response_mode": "form_post"])
            let page = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            #expect(page.status == .ok)
            #expect(page.text.contains("<form method=\"post\" action=\"\(Bench.redirectURI)\">"))
            let code = try #require(page.hiddenField("code"))
            #expect(page.hiddenField("state") == "client state")
            #expect(page.hiddenField("iss") == Bench.publicURL)
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(policy.contains("script-src 'sha256-") && !policy.contains("form-action"))
            #expect(try await bench.redeem(code).status == .ok)

            let uri = Bench.authorizeURI(["response_mode": "form_post", "scope": "email"])
            #expect(try await browser.get(uri).hiddenField("error") == "invalid_scope")
        }
    }

    @Test("the languages that a client asks for decide WeCom's page, whatever the browser says")
    func languages() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            func link(_ locales: String?) async throws -> String {
                let browser = bench.browser
                let hints = ["enterprise_id": configuration.enterpriseID.description, "ui_locales": locales]
                return try await browser.get(browser.get(Bench.authorizeURI(hints)).path).location
            }
            #expect(try await link("fr en-GB zh").contains("lang=en"))
            #expect(try await link("fr zh-CN en").contains("lang=zh"))
            #expect(try await link(nil).contains("lang=zh"))
        }
    }

    @Test("a pushed request counts once, for its client, and nothing that the browser adds does")
    func pushed() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            var form = [
                "redirect_uri": "https://gateway.test/callback", "response_type": "code", "scope": "openid",
                "state": "s", "enterprise_id": configuration.enterpriseID.description,
            ]
            form.merge(Self.gateway) { $1 }
            let answer = try await bench.browser.post("/oauth2/par", form: form)
            #expect(answer.status == .created)
            #expect(try answer.json["expires_in"] as? Int == 60)
            let uri = try TestBrowser.escaped(#require(answer.json["request_uri"] as? String))
            let kept = try await bench.wiring.database.run("select form from verifier.pushed_requests")
            #expect(try !kept[0].decode(String.self).contains("secret"))

            let foreign = try await bench.browser.get("/oauth2/authorize?client_id=sase&request_uri=\(uri)")
            #expect(foreign.status == .badRequest)
            let named = "/oauth2/authorize?client_id=gateway&request_uri=\(uri)"
            let changed = named + "&redirect_uri=https://evil.test&scope=x"
            let pages = try await bench.browser.get(changed)
            #expect(pages.location.hasPrefix("\(Bench.publicURL)/logon/\(configuration.enterpriseID)?request="))
            #expect(try await bench.browser.get(changed).status == .badRequest)
        }
    }

    @Test("what would be refused at the authorization endpoint is refused when it is pushed")
    func wrongPush() async throws {
        try await Bench.run { bench in
            let form = Self.gateway.merging([
                "redirect_uri": "https://gateway.test/callback", "response_type": "code", "scope": "openid",
            ]) { $1 }
            for (field, value, error) in [
                ("client_secret", "another secret of it", "invalid_client"),
                ("redirect_uri", "https://evil.test/", "invalid_request"),
                ("scope", "email", "invalid_scope"), ("request_uri", "urn:x", "invalid_request"),
                ("code_challenge", "short", "invalid_request"),
                ("of_no_use", String(repeating: "u", count: 16_000), "invalid_request"),
            ] {
                let answer = try await bench.browser.post("/oauth2/par", form: form.merging([field: value]) { $1 })
                #expect(try answer.error == error)
            }
        }
    }

    @Test("both well-known addresses say the same")
    func metadata() async throws {
        try await Bench.run { bench in
            let one = try await bench.browser.get("/.well-known/openid-configuration")
            let other = try await bench.browser.get("/.well-known/oauth-authorization-server")
            #expect(one.text == other.text)
            let json = try one.json
            #expect(json["pushed_authorization_request_endpoint"] as? String == Bench.publicURL + "/oauth2/par")
            let scopes = [
                "openid", "profile", "email", "phone", "address", "groups", "offline_access", "registry",
            ]
            #expect(json["scopes_supported"] as? [String] == scopes)
        }
    }
}
