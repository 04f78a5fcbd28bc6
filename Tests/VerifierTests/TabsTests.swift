import Foundation
import HTTPTypes
import HummingbirdTesting
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Verifier

/// Several tabs, going back, and browsers that look ahead. The sequences:
///
/// - two tabs of two applications, begun before either has a cookie, finished in any order: each gets its own answer;
/// - "try again" after a failure in one tab, while another one began later: the same application's request goes on;
/// - back to WeCom's page after a logon, and through it again: the old state and the answered request are over, and no
///   answer goes to the application a second time;
/// - one request in two tabs at WeCom at once: the first that comes back is answered, the other is over;
/// - a link checker asks for the addresses of a logon before or after the person: nothing is spent.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct TabsTests {
    @Test("two tabs that began without a cookie each end in their own application, in any order")
    func twoTabs() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let gateway: [String: String?] = [
                "client_id": "gateway", "redirect_uri": "https://gateway.test/callback", "state": "of the gateway",
            ]
            let one = try await browser.get(Bench.authorizeURI()).path
            let other = try await browser.get(Bench.authorizeURI(gateway)).path
            func wecom(_ page: String) async throws -> String {
                let chosen =
                    "/logon?" + page.dropFirst("/logon?".count) + "&enterprise_id=\(configuration.enterpriseID)"
                let options = try await browser.get(browser.get(chosen).path)
                return try await bench.choose(options, in: browser)
            }
            let (first, second) = (try await wecom(one), try await wecom(other))
            let late = try await bench.finish(second, as: .member("ZhangSan"), in: browser)
            #expect(late.location.hasPrefix("https://gateway.test/callback?code="))
            #expect(late.query("state") == "of the gateway")
            let early = try await bench.finish(first, as: .member("ZhangSan"), in: browser)
            #expect(early.location.hasPrefix(Bench.redirectURI + "?code="))
            #expect(early.query("state") == "client state")
        }
    }

    @Test("another try goes on for the same application, whatever other tabs do")
    func again() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser)
            _ = try await bench.begin(
                configuration,
                in: browser,
                ["client_id": "gateway", "redirect_uri": "https://gateway.test/callback"]
            )
            let denied = try await browser.get("/logon/callback?state=\(state)")
            let again = try #require(denied.links.first { $0.hasPrefix("/logon/") })
            let options = try await browser.get(again)
            let next = try await bench.choose(options, in: browser)
            let back = try await bench.finish(next, as: .member("ZhangSan"), in: browser)
            #expect(back.location.hasPrefix(Bench.redirectURI + "?code="))
        }
    }

    @Test("a page without a request leads to no application, whatever else the browser has begun")
    func withoutRequest() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            _ = try await bench.begin(configuration, in: browser)
            let options = try await browser.get("/logon/\(configuration.enterpriseID)")
            let state = try await bench.choose(options, in: browser)
            #expect(try await bench.finish(state, as: .member("ZhangSan"), in: browser).text.contains("连接正常"))
        }
    }

    @Test("going back after a logon answers the application no second time")
    func back() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let hints = ["enterprise_id": configuration.enterpriseID.description]
            let start = try await browser.get(Bench.authorizeURI(hints)).path
            let first = try await bench.state(from: start, in: browser)
            let twin = try await bench.state(from: start, in: browser)
            #expect(try await bench.finish(first, as: .member("ZhangSan"), in: browser).query("code") != nil)
            for answer in [
                try await bench.finish(first, as: .member("ZhangSan"), in: browser),
                try await bench.finish(twin, as: .member("ZhangSan"), in: browser), try await browser.get(start),
            ] {
                #expect(answer.element("reason") == "state_replayed")
                #expect(answer.links.isEmpty)
            }
            let sessions = try await bench.wiring.database.run("select from verifier.sessions")
            #expect(sessions.count == 1)
        }
    }

    @Test(
        "who looks ahead spends nothing, and the person logs on afterwards",
        arguments: ["HEAD", "Sec-Purpose", "Purpose"]
    )
    func lookingAhead(way: String) async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser)
            let callback = "/logon/callback?code=\(bench.wecom.code(for: .member("ZhangSan")))&state=\(state)"
            for path in [callback, "/logon/\(configuration.enterpriseID)", "/device", Bench.authorizeURI()] {
                let answer =
                    if let name = HTTPField.Name(way), way != "HEAD" {
                        try await browser.get(path, headers: [name: "prefetch;prerender"])
                    } else {
                        try await browser.head(path)
                    }
                #expect(answer.status == (way == "HEAD" ? .methodNotAllowed : .serviceUnavailable))
                #expect(answer.headers[values: .setCookie].isEmpty)
            }
            #expect(bench.wecom.calls.isEmpty)
            #expect(try await browser.get(callback).query("code") != nil)
        }
    }

    @Test("cookies are this host's alone, no script sees them, and no other site sends them along but by a link")
    func cookies() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let hints = ["enterprise_id": configuration.enterpriseID.description]
            let page = try await browser.get("/logon")
            let wecom = try await browser.get(browser.get(Bench.authorizeURI(hints)).path)
            let state = try #require(wecom.query("state"))
            let back = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            for cookie in wecom.headers[values: .setCookie] + back.headers[values: .setCookie] {
                #expect(cookie.hasPrefix("__Host-wecombridge-"))
                for rule in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] { #expect(cookie.contains(rule)) }
                #expect(!cookie.contains("Domain"))
            }
            for answer in [page, wecom, back] {
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(HTTPField.Name("Referrer-Policy").flatMap { answer.headers[$0] } == "no-referrer")
                #expect(HTTPField.Name("X-Frame-Options").flatMap { answer.headers[$0] } == "DENY")
            }
        }
    }

    @Test("a request that no browser could carry is refused at once")
    func tooLarge() async throws {
        try await Bench.run { bench in
            let long = ["state": String(repeating: "长", count: 660), "nonce": String(repeating: "字", count: 166)]
            let back = try await bench.browser.get(Bench.authorizeURI(long))
            #expect(back.query("error") == "invalid_request")
            let most = try await bench.browser.get(Bench.authorizeURI(["state": String(repeating: "s", count: 2_000)]))
            #expect(most.location.hasPrefix(Bench.publicURL + "/logon?request="))
        }
    }
}
