import Egress
import Foundation
import HTTPTypes
import HummingbirdTesting
import Messages
import Postgres
import Testing

@testable import Verifier

/// The device flow, rule by rule of RFC 8628. The sequences that could go wrong:
///
/// - many ask with one code, of two instances: one gets the tokens;
/// - two answer at once, or one answers twice: the first answer counts;
/// - an answer is sent from a browser that was not asked;
/// - the session ends between the answer and the device's question;
/// - somebody tries codes.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct DeviceFlowTests {
    private static let grantType = "urn:ietf:params:oauth:grant-type:device_code"

    /// A device that waits.
    private struct Device {
        let code: String
        let userCode: String
        /// Path and query of where the person goes.
        let page: String
    }

    private func begin(_ bench: Bench, _ scope: String? = "openid profile offline_access") async throws -> Device {
        var form = ["client_id": "television"]
        form["scope"] = scope
        let answer = try await bench.browser.post("/oauth2/device-authorization", form: form)
        try #require(answer.status == .ok, "\(answer.text)")
        let json = try answer.json
        let complete = try #require(json["verification_uri_complete"] as? String)
        return Device(
            code: try #require(json["device_code"] as? String),
            userCode: try #require(json["user_code"] as? String),
            page: String(complete.dropFirst(Bench.publicURL.count))
        )
    }

    private func poll(
        _ device: Device,
        _ bench: Bench,
        _ changes: [String: String] = [:]
    ) async throws -> TestResponse {
        let form = ["grant_type": Self.grantType, "client_id": "television", "device_code": device.code]
        return try await bench.browser.post("/oauth2/token", form: form.merging(changes) { $1 })
    }

    /// Has the device have waited, as its interval says.
    private func wait(_ bench: Bench, _ seconds: Int64 = 6) async throws {
        try await bench.wiring.database.run(
            "update verifier.device_grants set polled_at = polled_at - make_interval(secs => \(seconds))"
        )
    }

    /// Goes from the device's page by the logon to the question.
    private func logOn(
        _ device: Device,
        to configuration: IdentityProviderConfiguration,
        in browser: TestBrowser,
        _ bench: Bench
    ) async throws -> TestResponse {
        let enterprise = try await browser.get(device.page)
        let request = try #require(enterprise.query("request"), "\(enterprise.text)")
        let options = "/logon/\(configuration.enterpriseID)?request=\(TestBrowser.escaped(request))"
        let state = try await bench.choose(try await browser.get(options), in: browser)
        let back = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
        try #require(back.path == device.page, "\(back.text)")
        return try await browser.get(back.path)
    }

    private func answer(
        _ question: TestResponse,
        _ answer: String,
        in browser: TestBrowser
    ) async throws -> TestResponse {
        let confirmation = try #require(question.hiddenField("confirmation"), "\(question.text)")
        return try await browser.post("/device", form: ["confirmation": confirmation, "answer": answer])
    }

    @Test("a person types the code, logs on, is asked, and lets the device in; it gets its tokens once (§3)")
    func whole() async throws {
        try await Bench.run { bench in
            let (configuration, browser) = (try await bench.enterprise(), bench.browser)
            let device = try await begin(bench)
            #expect(try await poll(device, bench).error == "authorization_pending")
            let typed = try await browser.get("/device")
            #expect(typed.status == .ok && typed.text.contains("name=\"user_code\""))
            let question = try await logOn(device, to: configuration, in: browser, bench)
            // It names the client, the code, the person, and what the client gets (§3.3, §5.4).
            #expect(question.element("client") == "television" && question.element("user_code") == device.userCode)
            #expect(question.element("person") == "张三" && question.text.contains("Your name and user name"))
            #expect(!question.text.contains("Your mail address"))
            try await wait(bench)
            #expect(try await poll(device, bench).error == "authorization_pending")
            let done = try await answer(question, "allow", in: browser)
            #expect(done.status == .ok && done.text.contains("The device is logged on"))

            let tokens = try await poll(device, bench).tokens
            #expect(tokens.scope == "openid profile offline_access")
            #expect(try await bench.userinfo(tokens.accessToken).json["name"] as? String == "张三")
            let form = [
                "grant_type": "refresh_token", "client_id": "television", "refresh_token": tokens.refreshToken ?? "",
            ]
            #expect(try await bench.browser.post("/oauth2/token", form: form).status == .ok)
            // Asked again at once it gets nothing, and nothing is ended; later the session is.
            #expect(try await poll(device, bench).error == "invalid_grant")
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
            try await bench.wiring.database.run(
                "update verifier.device_grants set used_at = used_at - interval '11 seconds'"
            )
            #expect(try await poll(device, bench).error == "invalid_grant")
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
            // The first answer counts.
            #expect(try await answer(question, "deny", in: browser).status == .badRequest)
        }
    }

    @Test("whom the browser remembers is asked at once, and may be somebody else; a refusal is access_denied (§3.5)")
    func denied() async throws {
        try await Bench.run { bench in
            let (configuration, browser) = (try await bench.enterprise(), bench.browser)
            _ = try await bench.code(configuration, in: browser)
            let device = try await begin(bench)
            let question = try await browser.get(device.page.lowercased())
            #expect(question.element("person") == "张三")
            let other = try #require(question.links.first { $0.contains("account=other") })
            let path = String(other.dropFirst(Bench.publicURL.count))
            #expect(try await browser.get(path).location.hasPrefix("\(Bench.publicURL)/logon?request="))
            let done = try await answer(question, "deny", in: browser)
            #expect(done.status == .ok && done.text.contains("The device was not let in"))
            #expect(try await poll(device, bench).error == "access_denied")
            #expect(try await answer(question, "allow", in: browser).status == .badRequest)
            #expect(try await poll(device, bench).error == "access_denied")
        }
    }

    @Test("who asks too often waits five seconds longer each time, and who takes too long has expired_token (§3.5)")
    func pace() async throws {
        try await Bench.run { bench in
            let device = try await begin(bench)
            #expect(try await poll(device, bench).error == "authorization_pending")
            #expect(try await poll(device, bench).error == "slow_down")
            try await wait(bench)
            #expect(try await poll(device, bench).error == "slow_down")
            try await wait(bench, 16)
            #expect(try await poll(device, bench).error == "authorization_pending")
            try await bench.wiring.database.run("update verifier.device_grants set expires_at = now()")
            #expect(try await poll(device, bench).error == "expired_token")
            #expect(try await bench.browser.get(device.page).status == .badRequest)
        }
    }

    @Test(
        "who presses a button twice, one after the other or at once, sees what came of it",
        arguments: ["allow", "deny"]
    )
    func pressedTwice(button: String) async throws {
        try await Bench.run { bench in
            let (configuration, browser) = (try await bench.enterprise(), bench.browser)
            let device = try await begin(bench)
            let question = try await logOn(device, to: configuration, in: browser, bench)
            async let first = answer(question, button, in: browser)
            async let second = answer(question, button, in: browser)
            let answers = [try await first, try await second, try await answer(question, button, in: browser)]
            let words = button == "allow" ? "The device is logged on" : "The device was not let in"
            #expect(answers.allSatisfy { $0.status == .ok && $0.text.contains(words) })
            let sessions = try await bench.wiring.database.run(
                "select from verifier.sessions where client_id = 'television'"
            )
            #expect(sessions.count == (button == "allow" ? 1 : 0))
            let error = try await poll(device, bench).error
            #expect(error == (button == "allow" ? nil : "access_denied"))
        }
    }

    @Test("who logs on elsewhere meanwhile, or whose device was logged off again, is not told that it is let in")
    func notTold() async throws {
        try await Bench.run { bench in
            let (configuration, browser, other) = (try await bench.enterprise(), bench.browser, bench.browser)
            let device = try await begin(bench)
            let question = try await logOn(device, to: configuration, in: browser, bench)
            let others = try await logOn(device, to: configuration, in: other, bench)
            #expect(try await answer(question, "allow", in: browser).status == .ok)
            #expect(try await answer(others, "allow", in: other).status == .badRequest)
            let person = try await bench.principal("ZhangSan", of: configuration)
            let sessions = PersonSessions(database: bench.wiring.database)
            #expect(try await sessions.end(person.id, in: configuration.id) == 1)
            #expect(try await answer(question, "allow", in: browser).status == .badRequest)
        }
    }

    @Test("only clients that are registered for it have the grant, and none another one's code (§3.1, §3.4)")
    func clients() async throws {
        try await Bench.run { bench in
            let form = ["client_id": "sase", "scope": "openid"]
            let refused = try await bench.browser.post("/oauth2/device-authorization", form: form)
            #expect(refused.status == .badRequest)
            #expect(try refused.error == "unauthorized_client")
            let device = try await begin(bench)
            #expect(try await poll(device, bench, ["client_id": "sase"]).error == "unauthorized_client")
            #expect(try await poll(device, bench, ["device_code": "made-up"]).error == "invalid_grant")
            let metadata = try await bench.browser.get("/.well-known/openid-configuration").json
            let endpoint = metadata["device_authorization_endpoint"] as? String
            #expect(endpoint == Bench.publicURL + "/oauth2/device-authorization")
            #expect((metadata["grant_types_supported"] as? [String])?.contains(Self.grantType) == true)
        }
    }

    @Test("a device that does not ask for openid is told who logs on all the same (§3.1)", arguments: [nil, "unknown"])
    func noScope(asked: String?) async throws {
        try await Bench.run { bench in
            let (configuration, browser) = (try await bench.enterprise(), bench.browser)
            let device = try await begin(bench, asked)
            let question = try await logOn(device, to: configuration, in: browser, bench)
            #expect(try await answer(question, "allow", in: browser).status == .ok)
            let tokens = try await poll(device, bench).json
            #expect(tokens["scope"] as? String == "openid")
            #expect(tokens["id_token"] is String && tokens["refresh_token"] == nil)
        }
    }

    @Test("what the page carries counts in the browser that was asked alone")
    func otherBrowser() async throws {
        try await Bench.run { bench in
            let (configuration, browser, other) = (try await bench.enterprise(), bench.browser, bench.browser)
            _ = try await bench.code(configuration, in: other)
            let device = try await begin(bench)
            let question = try await logOn(device, to: configuration, in: browser, bench)
            #expect(try await answer(question, "allow", in: other).status == .badRequest)
            #expect(try await answer(question, "allow", in: bench.browser).status == .badRequest)
            #expect(try await poll(device, bench).error == "authorization_pending")
        }
    }

    @Test("of many who ask two instances with one code, one gets the tokens")
    func race() async throws {
        try await Bench.run { bench in
            let (configuration, browser) = (try await bench.enterprise(), bench.browser)
            let device = try await begin(bench)
            let question = try await logOn(device, to: configuration, in: browser, bench)
            #expect(try await answer(question, "allow", in: browser).status == .ok)
            try await bench.withAnotherInstance { another in
                let form = ["grant_type": Self.grantType, "client_id": "television", "device_code": device.code]
                let winners = try await withThrowingTaskGroup(of: Bool.self) { group -> Int in
                    for index in 0..<20 {
                        let asking = index.isMultiple(of: 2) ? bench.browser : TestBrowser(another)
                        group.addTask { try await asking.post("/oauth2/token", form: form).status == .ok }
                    }
                    var count = 0
                    for try await isServed in group where isServed { count += 1 }
                    return count
                }
                #expect(winners == 1)
            }
        }
    }

    @Test("a session that ended before the device asks gives it nothing")
    func ended() async throws {
        try await Bench.run { bench in
            let (configuration, browser) = (try await bench.enterprise(), bench.browser)
            let device = try await begin(bench)
            let question = try await logOn(device, to: configuration, in: browser, bench)
            #expect(try await answer(question, "allow", in: browser).status == .ok)
            let person = try await bench.principal("ZhangSan", of: configuration)
            let sessions = PersonSessions(database: bench.wiring.database)
            #expect(try await sessions.end(person.id, in: configuration.id) == 1)
            #expect(try await poll(device, bench).error == "invalid_grant")
        }
    }

    @Test("who tries codes is told nothing any more after some, and others are (§5.1)")
    func guessing() async throws {
        try await Bench.run { bench in
            let device = try await begin(bench)
            let stranger = TestBrowser(bench.client, address: "192.0.2.77")
            let allowed = LogonLimits.Matter.unknownUserCode.rate.minute
            var last = try await stranger.get("/device?user_code=BBBB-BBBB")
            #expect(last.status == .badRequest)
            for _ in 0...(2 * allowed) where last.status != .tooManyRequests {
                last = try await stranger.get("/device?user_code=BBBB-BBBB")
            }
            #expect(last.status == .tooManyRequests && last.headers[.retryAfter] != nil)
            #expect(try await stranger.get(device.page).status == .tooManyRequests)
            #expect(try await bench.browser.get(device.page).status == .found)
        }
    }
}
