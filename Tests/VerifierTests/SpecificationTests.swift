import Foundation
import HTTPTypes
import HummingbirdTesting
import JWTKit
import KafkaTesting
import Messages
import Postgres
import Sealing
import Testing

@testable import Verifier

/// What RFC 9700, OpenID Connect Core 1.0 and OpenID Connect Discovery 1.0 say that a provider must, by section, on one
/// running service. Sections of which other tests of this folder hold more are named there again.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct SpecificationTests {
    /// A rule, and whether the service keeps it.
    struct Rule: Sendable {
        let section: String
        let sentence: String
        let holds: @Sendable (Person) async throws -> Bool

        init(_ section: String, _ sentence: String, _ holds: @escaping @Sendable (Person) async throws -> Bool) {
            self.section = section
            self.sentence = sentence
            self.holds = holds
        }
    }

    /// Somebody who can log on, for each rule anew.
    struct Person: Sendable {
        let bench: Bench
        let configuration: IdentityProviderConfiguration
        let browser: TestBrowser

        /// The way back to the client after a logon.
        func back(_ changes: [String: String?] = [:]) async throws -> TestResponse {
            let state = try await bench.begin(configuration, in: browser, changes)
            return try await bench.finish(state, as: .member("ZhangSan"), in: browser)
        }

        /// The answer of the authorization endpoint.
        func asked(_ changes: [String: String?] = [:]) async throws -> TestResponse {
            try await browser.get(Bench.authorizeURI(changes))
        }

        /// In a browser of its own, which remembers nobody.
        func tokens(_ changes: [String: String?] = [:]) async throws -> TokenIssuer.Answer {
            let fresh = Person(bench: bench, configuration: configuration, browser: bench.browser)
            let code = try #require(try await fresh.back(changes).query("code"))
            return try await bench.redeem(code).tokens
        }

        /// The claims of an ID token whose signature was checked by the published keys.
        func claims(_ token: String) async throws -> IDToken {
            let keys = JWTKeyCollection()
            try await keys.add(jwksJSON: bench.browser.get("/oauth2/jwks").text)
            return try await keys.verify(token, as: IDToken.self)
        }

        func metadata(_ name: String) async throws -> Any? {
            try await bench.browser.get("/.well-known/openid-configuration").json[name]
        }
    }

    @Test("RFC 9700 is kept, section by section")
    func bestPractice() async throws { try await check(Self.bestPractices) }

    @Test("OpenID Connect Core's musts are kept, section by section")
    func core() async throws { try await check(Self.requests + Self.answers) }

    @Test("OpenID Connect Discovery's musts are kept, section by section")
    func discovery() async throws { try await check(Self.discoveries) }

    private func check(_ rules: [Rule]) async throws {
        #expect(rules.count >= 8)
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            // One person logs on so often only.
            for (number, rule) in rules.enumerated() {
                if number.isMultiple(of: 12) {
                    try await bench.wiring.database.run("delete from verifier.call_budgets")
                }
                let person = Person(bench: bench, configuration: configuration, browser: bench.browser)
                let holds = try await rule.holds(person)
                #expect(holds, "\(rule.section): \(rule.sentence)")
            }
        }
    }

    private static let bestPractices = [
        Rule("RFC 9700 §2.1", "redirect URIs are compared exactly") { person in
            for uri in ["/", "?a=b", "/..", "%2F", "@evil.test"].map({ Bench.redirectURI + $0 }) {
                let answer = try await person.asked(["redirect_uri": uri])
                guard answer.status == .badRequest, answer.headers[.location] == nil else { return false }
            }
            return true
        },
        Rule("RFC 9700 §2.1, §4.11.2", "nobody is sent to an address that was not registered") { person in
            let client = try await person.asked(["client_id": "unknown"])
            let bye = "/oauth2/end-session?post_logout_redirect_uri=https://evil.test/"
            let end = try await person.browser.get(bye)
            return client.headers[.location] == nil && end.headers[.location] == nil
        },
        Rule("RFC 9700 §2.1.1", "public clients must use PKCE") { person in
            let none = try await person.asked(["code_challenge": nil, "code_challenge_method": nil])
            return none.query("error") == "invalid_request"
        },
        Rule("RFC 9700 §2.1.1", "the challenge does not show the verifier: S256 alone") { person in
            let plain = try await person.asked(["code_challenge_method": "plain"])
            let told = try await person.metadata("code_challenge_methods_supported") as? [String]
            return plain.query("error") == "invalid_request" && told == ["S256"]
        },
        Rule("RFC 9700 §2.1.1, §4.8.2", "a verifier for a code without a challenge is refused") { person in
            let changes: [String: String?] = [
                "client_id": "gateway", "redirect_uri": "https://gateway.test/callback", "code_challenge": nil,
                "code_challenge_method": nil,
            ]
            let code = try #require(try await person.back(changes).query("code"))
            let form = [
                "client_id": "gateway", "client_secret": "the gateway's secret",
                "redirect_uri": "https://gateway.test/callback",
            ]
            return try await person.bench.redeem(code, form).error == "invalid_grant"
        },
        Rule("RFC 9700 §2.1.2", "no token comes by the browser: the implicit grant is not there") { person in
            for type in ["token", "id_token", "id_token token", "code token"] {
                let answer = try await person.asked(["response_type": type])
                guard answer.query("error") == "unsupported_response_type" else { return false }
            }
            return true
        },
        Rule("RFC 9700 §2.2.2, §4.14.2", "a public client's refresh token is another one each time") { person in
            let first = try await person.tokens()
            let second = try await person.bench.refresh(#require(first.refreshToken)).tokens
            return second.refreshToken != nil && second.refreshToken != first.refreshToken
        },
        Rule("RFC 9700 §4.14.2", "an old refresh token that is shown late ends the session") { person in
            let first = try await person.tokens()
            let second = try await person.bench.refresh(#require(first.refreshToken)).tokens
            try await person.bench.wiring.database.run(
                "update verifier.sessions set refreshed_at = refreshed_at - interval '31 seconds'"
            )
            let late = try await person.bench.refresh(#require(first.refreshToken))
            let after = try await person.bench.refresh(#require(second.refreshToken))
            return try late.error == "invalid_grant" && after.error == "invalid_grant"
        },
        Rule("RFC 9700 §2.3", "an access token is for one audience, and says for what") { person in
            let access = try await person.tokens().accessToken
            let claims = try await person.bench.wiring.keys.verify(access, type: AccessToken.type, as: AccessToken.self)
            return claims?.aud == Audience(Bench.publicURL) && claims?.scope.contains("openid") == true
        },
        Rule("RFC 9700 §2.4", "the password grant is not there") { person in
            let form = ["client_id": "sase", "grant_type": "password", "username": "a", "password": "b"]
            return try await person.browser.post("/oauth2/token", form: form).error == "unsupported_grant_type"
        },
        Rule("RFC 9700 §2.5", "a client that has a secret must show it") { person in
            let form = ["client_id": "gateway", "grant_type": "refresh_token", "refresh_token": "a"]
            return try await person.browser.post("/oauth2/token", form: form).error == "invalid_client"
        },
        Rule("RFC 9700 §2.6", "metadata is published") { person in
            let answer = try await person.browser.get("/.well-known/oauth-authorization-server")
            return try answer.json["issuer"] as? String == Bench.publicURL
        },
        Rule("RFC 9700 §4.2.4", "pages load nothing from elsewhere and send no Referer") { person in
            let page = try await person.browser.get("/logon")
            let referrer = HTTPField.Name("Referrer-Policy").flatMap { page.headers[$0] }
            let policy = page.headers[.contentSecurityPolicy] ?? ""
            return referrer == "no-referrer" && policy.hasPrefix("default-src 'none'")
        },
        Rule("RFC 9700 §4.2.4, §4.5.3", "a code counts once, for its client and its address") { person in
            let code = try #require(try await person.back().query("code"))
            let others = ["client_id": "gateway", "client_secret": "the gateway's secret"]
            let foreign = try await person.bench.redeem(code, others).error
            let elsewhere = try await person.bench.redeem(code, ["redirect_uri": "https://app.test/other"]).error
            let again = try await person.bench.redeem(code).error
            return [foreign, elsewhere, again] == ["invalid_grant", "invalid_grant", "invalid_grant"]
        },
        Rule("RFC 9700 §4.4.2.1", "answers and errors say who answers") { person in
            let error = try await person.asked(["scope": "email"])
            let told = try await person.metadata("authorization_response_iss_parameter_supported") as? Bool
            let good = try await person.back()
            return error.query("iss") == Bench.publicURL && good.query("iss") == Bench.publicURL && told == true
        },
        Rule("RFC 9700 §4.7.1", "state and nonce come back as they were") { person in
            let back = try await person.back(["state": "a&b=c d", "nonce": "n&n"])
            let answer = try await person.bench.redeem(#require(back.query("code"))).tokens
            let claims = try await person.claims(answer.idToken)
            return back.query("state") == "a&b=c d" && claims.nonce == "n&n"
        },
        Rule("RFC 9700 §4.12", "no redirect has a browser send again what was posted") { person in
            let posted = try await person.browser.post(
                "/oauth2/authorize",
                form: [
                    "client_id": "sase", "redirect_uri": Bench.redirectURI, "response_type": "code", "scope": "openid",
                    "code_challenge": Bench.challenge, "code_challenge_method": "S256",
                ]
            )
            let back = try await person.back()
            return posted.status == .found && back.status == .found
        },
        Rule("RFC 9700 §4.13", "a header that the visitor wrote is not taken for the proxy's") { _ in
            let forged = TrustedProxies().visitor(forwarded: ["192.0.2.9"], connectedFrom: "198.51.100.1")
            return forged.description == "198.51.100.1"
        },
        Rule("RFC 9700 §4.16", "no page is shown within another site's") { person in
            let page = try await person.browser.get("/logon")
            let old = HTTPField.Name("X-Frame-Options").flatMap { page.headers[$0] }
            return old == "DENY" && page.headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true
        },
    ]

    private static let requests = [
        Rule("Core §3.1.2.1", "without openid in the scope it is no OpenID request") { person in
            try await person.asked(["scope": "profile"]).query("error") == "invalid_scope"
        },
        Rule("Core §3.1.2.1", "POST is taken as GET is") { person in
            let form = [
                "client_id": "sase", "redirect_uri": Bench.redirectURI, "response_type": "code", "scope": "openid",
                "code_challenge": Bench.challenge, "code_challenge_method": "S256",
            ]
            let answer = try await person.browser.get(person.browser.post("/oauth2/authorize", form: form).path)
            return answer.location.hasPrefix(Bench.publicURL + "/logon?request=")
        },
        Rule("Core §3.1.2.1", "prompt=none shows nothing, and fails without a logon") { person in
            try await person.asked(["prompt": "none"]).query("error") == "login_required"
        },
        Rule("Core §3.1.2.1", "prompt=none together with others is an error") { person in
            try await person.asked(["prompt": "none login"]).query("error") == "invalid_request"
        },
        Rule("Core §3.1.2.1", "max_age that has passed asks for a new logon") { person in
            _ = try await person.back()
            let fresh = try await person.asked(["prompt": "none", "max_age": "600"])
            let old = try await person.asked(["max_age": "0", "prompt": "login"])
            return fresh.query("code") != nil && old.query("code") == nil
        },
        Rule("Core §3.1.2.1", "max_age=0 is prompt=login") { person in
            _ = try await person.back()
            return try await person.asked(["prompt": "none", "max_age": "0"]).query("error") == "login_required"
        },
        Rule("Core §3.1.2.1, §15.1", "what is not understood is ignored, and what is only preferred is no error") {
            person in
            let odd: [String: String?] = [
                "display": "popup", "acr_values": "urn:x", "claims_locales": "en", "ui_locales": "xx", "foo": "bar",
                "scope": "openid of_no_use",
            ]
            return try await person.asked(odd).location.hasPrefix(Bench.publicURL + "/logon?request=")
        },
        Rule("Core §3.1.2.2, §3.1.2.6", "errors go back to the client with its state") { person in
            let answer = try await person.asked(["response_type": "token"])
            return answer.query("state") == "client state" && answer.location.hasPrefix(Bench.redirectURI)
        },
        Rule("Core §6.1, §6.2", "request and request_uri that are not supported are said not to be") { person in
            let object = try await person.asked(["request": "a.b.c"]).query("error")
            let reference = try await person.asked(["request_uri": "https://app.test/r"]).query("error")
            return object == "request_not_supported" && reference == "request_uri_not_supported"
        },
        Rule("RFC 6749 §3.1", "a parameter that is given twice is an error") { person in
            let answer = try await person.browser.get(Bench.authorizeURI() + "&nonce=again")
            return answer.query("error") == "invalid_request"
        },
        Rule("RFC 6749 §3.1, RFC 8707 §2", "what is not understood is ignored, however often it is given") { person in
            let resources = "&resource=https://a.test&resource=https://b.test"
            let answer = try await person.browser.get(Bench.authorizeURI() + resources)
            return answer.location.hasPrefix(Bench.publicURL + "/logon?request=")
        },
    ]

    private static let answers = [
        Rule("Core §3.1.3.3", "tokens are Bearer, come with an ID token, and no cache keeps them") { person in
            let code = try #require(try await person.back().query("code"))
            let answer = try await person.bench.redeem(code)
            let tokens = try answer.tokens
            return answer.headers[.cacheControl] == "no-store" && tokens.tokenType == "Bearer"
                && !tokens.idToken.isEmpty
        },
        Rule("Core §2, §3.1.3.7", "the ID token says who, from whom, for whom, and from when to when") { person in
            let claims = try await person.claims(person.tokens().idToken)
            let isShort = claims.person.sub.utf8.count <= 255 && claims.person.sub.utf8.allSatisfy { $0 < 128 }
            return claims.iss == Bench.publicURL && claims.aud == "sase" && claims.azp == "sase" && isShort
                && claims.exp > claims.iat && claims.nonce == "n-1"
        },
        Rule("Core §2", "auth_time is there, and is when the person signed in") { person in
            let before = Int64(Date.now.timeIntervalSince1970)
            let claims = try await person.claims(person.tokens(["max_age": "600"]).idToken)
            return (before - 5...before + 30).contains(claims.authTime)
        },
        Rule("Core §3.1.3.6", "at_hash is the left half of the access token's digest") { person in
            let tokens = try await person.tokens()
            let half = Base64URL.encode(Array(Ticket.digest(of: tokens.accessToken).prefix(16)))
            return try await person.claims(tokens.idToken).accessTokenHash == half
        },
        Rule("Core §5.3.1", "userinfo is answered to GET and POST") { person in
            let token = try await person.tokens().accessToken
            let posted = try await person.browser.post(
                "/oauth2/userinfo",
                form: [:],
                headers: [.authorization: "Bearer \(token)"]
            )
            return try await person.bench.userinfo(token).status == .ok && posted.status == .ok
        },
        Rule("Core §5.3.2", "userinfo is JSON, and its sub is the ID token's") { person in
            let tokens = try await person.tokens()
            let answer = try await person.bench.userinfo(tokens.accessToken)
            let sub = try await person.claims(tokens.idToken).person.sub
            return try answer.headers[.contentType] == "application/json" && answer.json["sub"] as? String == sub
        },
        Rule("Core §5.3.3, RFC 6750 §3", "a wrong access token is told by WWW-Authenticate") { person in
            let answer = try await person.bench.userinfo("wrong")
            return answer.status == .unauthorized && answer.headers[.wwwAuthenticate]?.contains("invalid_token") == true
        },
        Rule("Core §5.3.1, RFC 6750 §2.2", "userinfo takes a token from a posted form, and from one place alone") {
            person in
            let token = try await person.tokens().accessToken
            let header: HTTPFields = [.authorization: "Bearer \(token)"]
            let form = ["access_token": token]
            let posted = try await person.browser.post("/oauth2/userinfo", form: form)
            let twice = try await person.browser.post("/oauth2/userinfo", form: form, headers: header)
            let address = try await person.browser.get("/oauth2/userinfo?access_token=\(token)")
            return try posted.status == .ok && twice.error == "invalid_request" && address.status == .unauthorized
        },
        Rule("RFC 6750 §3.1", "who shows no token is told that one is needed, and of no error") { person in
            let answer = try await person.browser.get("/oauth2/userinfo")
            return answer.status == .unauthorized && answer.headers[.wwwAuthenticate] == "Bearer realm=\"WeCom Bridge\""
        },
        Rule("RFC 6749 §5.1", "no cache keeps tokens, however old it is") { person in
            let code = try #require(try await person.back().query("code"))
            let answer = try await person.bench.redeem(code)
            return HTTPField.Name("Pragma").flatMap { answer.headers[$0] } == "no-cache"
        },
        Rule("RFC 6749 §5.2, RFC 9110 §15.5.2", "a client that is refused is told how it may authenticate") { person in
            let form = ["client_id": "gateway", "client_secret": "wrong", "token": "x"]
            let answer = try await person.browser.post("/oauth2/introspect", form: form)
            return answer.status == .unauthorized && answer.headers[.wwwAuthenticate]?.hasPrefix("Basic ") == true
        },
        Rule("Core §5.4", "claims are told only for the scopes that were asked for") { person in
            let tokens = try await person.tokens(["scope": "openid"])
            let told = try await person.bench.userinfo(tokens.accessToken).json
            return told["name"] == nil && told["email"] == nil && told["groups"] == nil && told["sub"] != nil
        },
        Rule("Core §5.1", "email_verified is not invented") { person in
            let told = try await person.bench.userinfo(person.tokens().accessToken).json
            return told["email"] != nil && told["email_verified"] == nil
        },
        Rule("Core §11", "a refresh token is given for offline_access alone") { person in
            let without = try await person.tokens(["scope": "openid"])
            let with = try await person.tokens(["scope": "openid offline_access"])
            return without.refreshToken == nil && with.refreshToken != nil
        },
        Rule("Core §12.2", "a refreshed ID token is the same person's, of the same logon, for the same client") {
            person in
            let first = try await person.tokens()
            let next = try await person.bench.refresh(#require(first.refreshToken)).tokens
            let (old, new) = (try await person.claims(first.idToken), try await person.claims(next.idToken))
            return old.iss == new.iss && old.person.sub == new.person.sub && old.aud == new.aud && old.azp == new.azp
                && old.authTime == new.authTime && new.iat >= old.iat && new.nonce == nil
        },
        Rule("Core §10.1", "the published keys tell which one signed") { person in
            let header = try await person.tokens().idToken.prefix { $0 != "." }
            let bytes = try #require(Base64URL.decode(String(header)))
            let fields = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            let keys = try await person.browser.get("/oauth2/jwks").json["keys"] as? [[String: Any]]
            return keys?.contains { $0["kid"] as? String == fields?["kid"] as? String } == true
        },
        Rule("Core §16.14", "what is signed for one use does not serve another") { person in
            let tokens = try await person.tokens()
            return try await person.bench.userinfo(tokens.idToken).status == .unauthorized
        },
    ]

    private static let discoveries = [
        Rule("Discovery §4.2", "the document is JSON") { person in
            let answer = try await person.browser.get("/.well-known/openid-configuration")
            return answer.status == .ok && answer.headers[.contentType]?.hasPrefix("application/json") == true
        },
        Rule("Discovery §4.3", "the issuer is what it was asked for at, and what tokens say") { person in
            let token = try await person.claims(person.tokens().idToken)
            return try await person.metadata("issuer") as? String == token.iss
        },
        Rule("Discovery §3", "required members are there") { person in
            let names = [
                "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported",
                "subject_types_supported", "id_token_signing_alg_values_supported",
            ]
            for name in names where try await person.metadata(name) == nil { return false }
            return true
        },
        Rule("Discovery §3", "endpoints are https addresses without a fragment, of this issuer") { person in
            for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
                let address = try await person.metadata(name) as? String ?? ""
                guard address.hasPrefix(Bench.publicURL + "/"), !address.contains("#") else { return false }
            }
            return true
        },
        Rule("Discovery §3", "openid is among the scopes, and code among the response types") { person in
            let scopes = try await person.metadata("scopes_supported") as? [String]
            let types = try await person.metadata("response_types_supported") as? [String]
            return scopes?.contains("openid") == true && types == ["code"]
        },
        Rule("Discovery §3", "none is no algorithm of ID tokens") { person in
            let algorithms = try await person.metadata("id_token_signing_alg_values_supported") as? [String] ?? []
            return algorithms.contains("ES256") && !algorithms.contains("none")
        },
        Rule("Discovery §3", "the keys have no private parts, each has its id, and none is for anything but signing") {
            person in
            let keys = try await person.browser.get("/oauth2/jwks").json["keys"] as? [[String: Any]] ?? []
            return !keys.isEmpty
                && keys.allSatisfy {
                    $0["d"] == nil && $0["kid"] != nil && $0["use"] as? String == "sig"
                }
        },
        Rule("RFC 8414 §2", "it is told how clients authenticate at each endpoint, and by which algorithms") { person in
            for endpoint in ["token", "introspection", "revocation"] {
                let ways = try await person.metadata("\(endpoint)_endpoint_auth_methods_supported") as? [String]
                let name = "\(endpoint)_endpoint_auth_signing_alg_values_supported"
                let algorithms = try await person.metadata(name) as? [String]
                guard ways?.contains("private_key_jwt") == true, algorithms == ["ES256", "RS256"] else { return false }
            }
            return true
        },
        Rule("RFC 9110 §9.1", "what can be got answers HEAD") { person in
            for path in ["/.well-known/openid-configuration", "/oauth2/jwks"] {
                let answer = try await person.browser.head(path)
                guard answer.status == .ok, answer.headers[.contentType] == "application/json" else { return false }
            }
            return true
        },
        Rule("Discovery §3", "what is not supported is said not to be") { person in
            let byValue = try await person.metadata("request_parameter_supported") as? Bool
            let byReference = try await person.metadata("request_uri_parameter_supported") as? Bool
            return byValue != true && byReference == false
        },
    ]
}
