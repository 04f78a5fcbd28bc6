import Egress
import Foundation
import HTTPTypes
import HummingbirdTesting
import KafkaTesting
import Messages
import Postgres
import Testing
import WeCom

@testable import Verifier

/// What somebody with no right to anything can have the verifier do. The sequences that could go wrong:
///
/// - a state is shown at two instances at once, or again after its logon: exactly one goes on to WeCom;
/// - a state, ticket or cookie is made up, altered, another browser's or another purpose's: nothing happens at all;
/// - a logon is begun any number of times and never finished: nothing is stored;
/// - codes are made up behind states that were really begun: after twenty a minute the address is not looked at any more;
/// - enterprise IDs are tried: after sixty a minute the address is told nothing, of enterprises that there are neither;
/// - the header of the proxy is written by the stranger: the address that counts is the one that the proxy wrote.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct StrangerTests {
    /// A minute may end meanwhile, whereupon as much is allowed again.
    private static let most = 2 * LogonLimits.Matter.strangeLogon.rate.minute

    @Test("hundreds of requests of a stranger cost few calls to WeCom and few rows, and others log on meanwhile")
    func requests() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let stranger = TestBrowser(bench.client, address: "203.0.113.9")
            let seeker = TestBrowser(bench.client, address: "203.0.113.10")
            let before = try await rows(bench)
            for number in 0..<60 {
                let state = try await bench.begin(configuration, in: stranger)
                _ = try await stranger.get("/logon/callback?code=made-up-\(number)&state=\(state)")
                _ = try await stranger.get(
                    "/logon/callback?code=made-up&state=\(Ticket.make(isAlphanumeric: true).text)"
                )
                _ = try await seeker.get("/logon/\(EnterpriseID.make())")
                _ = try await seeker.get("/logon/\(EnterpriseID.make())/start?idp=\(UUID().uuidString)")
                _ = try await stranger.get(Bench.authorizeURI(["redirect_uri": "https://evil.test/\(number)"]))
                _ = try await stranger.get("/logon/\(configuration.enterpriseID)?request=\(Ticket.make().text)")
                _ = try await bench.refresh("\(UUID().uuidString).1.\(Ticket.make().text)")
                _ = try await bench.redeem(Ticket.make().text)
            }
            #expect(bench.wecom.calls.filter { $0 == "auth/getuserinfo" }.count <= Self.most)
            #expect(bench.wecom.calls.filter { $0 != "auth/getuserinfo" }.count <= 1)
            // A mark, a diagnosis and an event for each code that WeCom was asked about, and the counters.
            let grown = try await rows(bench) - before
            #expect(grown <= 3 * Self.most + 4 * LogonLimits.Matter.allCases.count, "\(grown) rows")
            let tokens = try await bench.tokens(configuration)
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
        }
    }

    @Test("codes that a stranger shows all at once are asked about as often as one after the other, and some few more")
    func atOnce() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            bench.wecom.slow("auth/getuserinfo", by: .milliseconds(300))
            var begun: [(TestBrowser, String)] = []
            for _ in 0..<(Self.most + 2 * Logon.mostAtOnce) {
                let stranger = TestBrowser(bench.client, address: "203.0.113.9")
                begun.append((stranger, try await bench.begin(configuration, in: stranger)))
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (stranger, state) in begun {
                    group.addTask { _ = try await stranger.get("/logon/callback?code=made-up&state=\(state)") }
                }
                try await group.waitForAll()
            }
            let asked = bench.wecom.calls.filter { $0 == "auth/getuserinfo" }.count
            #expect(asked <= Self.most + Logon.mostAtOnce, "\(asked) of \(begun.count)")
        }
    }

    @Test("a browser that asks without pause for what it remembers begins so many sessions, and is told to try later")
    func remembered() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            _ = try await bench.code(configuration, in: browser)
            let rate = LogonLimits.Matter.remembered.rate.minute
            var codes = 0
            var refusal: String?
            // A minute may end meanwhile, whereupon as many are allowed again.
            while refusal == nil, codes <= 2 * rate {
                let answer = try await browser.get(Bench.authorizeURI(["prompt": "none"]))
                refusal = answer.query("error")
                if refusal == nil { codes += 1 }
            }
            #expect(refusal == "temporarily_unavailable")
            #expect(codes >= rate)
            let rows = try await bench.wiring.database.run("select count(*) from verifier.sessions")
            #expect(try rows[0].decode(Int.self) == codes + 1)
        }
    }

    @Test("whoever only begins leaves no row, however often")
    func beginnings() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let before = try await rows(bench)
            let stranger = bench.browser
            for _ in 0..<20 { _ = try await bench.begin(configuration, in: stranger) }
            #expect(try await rows(bench) == before)
            #expect(bench.wecom.calls.isEmpty)
            let kept = stranger.cookies.filter { $0.key.contains("-at-") }
            #expect(kept.count == PendingLogons.most)
            #expect(kept.values.reduce(0) { $0 + $1.utf8.count } <= PendingLogons.mostBytes)
        }
    }

    @Test("one state shown to two instances at once logs on once")
    func replays() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            try await bench.withAnotherInstance { other in
                let browser = bench.browser
                let state = try await bench.begin(configuration, in: browser)
                let cookies = browser.cookies
                let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                    for number in 0..<20 {
                        let twin = TestBrowser(number.isMultiple(of: 2) ? bench.client : other)
                        for (name, value) in cookies { twin.keep(name, value) }
                        group.addTask { try await bench.finish(state, as: .member("ZhangSan"), in: twin) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.count { $0.query("code") != nil } == 1)
                #expect(answers.count { $0.element("reason") == "state_replayed" } == 19)
                #expect(bench.wecom.calls.filter { $0 == "auth/getuserinfo" }.count == 1)
            }
        }
    }

    @Test("what is altered, or sealed for something else, opens nothing")
    func forgeries() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser)
            let (name, value) = try #require(browser.cookies.first { $0.key.contains("-at-") })
            let ticket = try bench.ticket()
            for forged in [value + "A", "A" + value, String(value.dropLast(4)), ticket, ""] {
                browser.keep(name, forged)
                let page = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
                #expect(page.element("reason") == "state_unknown")
            }
            for forged in [value, ticket + "A", "v1.k1.AAAA"] {
                let page = try await browser.get("/logon/\(configuration.enterpriseID)?request=\(forged)")
                #expect(page.element("reason") == "state_unknown")
            }
            browser.keep(name, value)
            #expect(try await bench.finish(state, as: .member("ZhangSan"), in: browser).query("code") != nil)
        }
    }

    @Test("who tries enterprise IDs is told nothing any more, and others still are")
    func enumeration() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let stranger = TestBrowser(bench.client, address: "203.0.113.7")
            let allowed = LogonLimits.Matter.unknownEnterprise.rate.minute
            var last = try await stranger.get("/logon/\(EnterpriseID.make())")
            for _ in 0..<(2 * allowed) where last.status == .notFound {
                last = try await stranger.get("/logon/\(EnterpriseID.make())")
            }
            #expect(last.element("reason") == "too_many_tries")
            let id = configuration.enterpriseID
            for path in [
                "/logon/\(id)", "/logon/\(id)?idp=\(configuration.id)", "/logon/\(id)/start?idp=\(configuration.id)",
            ] {
                #expect(try await stranger.get(path).status == .tooManyRequests)
            }
            #expect(try await stranger.get("/api/v1/enterprises/\(id)/logon-options").status == .tooManyRequests)
            let hinted = try await stranger.get(Bench.authorizeURI(["login_hint": id.description]))
            #expect(hinted.location.hasPrefix(Bench.publicURL + "/logon?request="))
            #expect(try await bench.browser.get("/logon/\(id)").status == .found)
        }
    }

    @Test("one person logs on so often only, and the others as ever")
    func account() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let others = [try Bench.person("LiSi", in: configuration)]
            try await bench.change(others, in: configuration, epoch: 1, sequence: 2)
            let allowed = LogonLimits.Matter.account.rate.minute
            var last = try await bench.nativeLogon(to: configuration)
            for _ in 0..<(2 * allowed) where last.status == .ok {
                last = try await bench.nativeLogon(to: configuration)
            }
            #expect(last.status == .tooManyRequests)
            #expect(Int(last.headers[.retryAfter] ?? "") ?? 0 > 0)
            let other = bench.wecom.code(for: .member("LiSi"))
            #expect(try await bench.nativeLogon(to: configuration, code: other).status == .ok)
        }
    }

    @Test("what a client without a secret pushes is bounded by address; one with a secret is not")
    func pushing() async throws {
        try await Bench.run { bench in
            var form = [
                "client_id": "sase", "redirect_uri": Bench.redirectURI, "response_type": "code", "scope": "openid",
                "code_challenge": Bench.challenge, "code_challenge_method": "S256",
            ]
            let allowed = LogonLimits.Matter.pushedRequest.rate.minute
            var last = try await bench.browser.post("/oauth2/par", form: form)
            for _ in 0..<(2 * allowed) where last.status == .created {
                last = try await bench.browser.post("/oauth2/par", form: form)
            }
            #expect(last.status == .tooManyRequests)
            #expect(Int(last.headers[.retryAfter] ?? "") ?? 0 > 0)
            form["client_id"] = "gateway"
            form["client_secret"] = "the gateway's secret"
            form["redirect_uri"] = "https://gateway.test/callback"
            #expect(try await bench.browser.post("/oauth2/par", form: form).status == .created)
        }
    }

    @Test("a refusal that its id tells all of leaves no row, and operators read it from the id")
    func toldByID() async throws {
        try await Bench.run { bench in
            let before = try await rows(bench)
            let page = try await bench.browser.get("/logon/callback?code=c&state=\(Ticket.make().text)")
            let id = try #require(page.element("diagnosis"))
            let diagnosis = try await bench.diagnosis(id)
            #expect(diagnosis.reason == "state_unknown")
            #expect(diagnosis.fix == LogonReason.stateUnknown.explanation.englishFix)
            #expect(try await rows(bench) == before)
        }
    }

    @Test(
        "the visitor is the last address that is no proxy of ours, by 64 bits of IPv6",
        arguments: [
            ([], "192.0.2.1"), (["203.0.113.5"], "203.0.113.5"), (["6.6.6.6, 203.0.113.5"], "203.0.113.5"),
            (["203.0.113.5, 10.0.0.2"], "203.0.113.5"), (["6.6.6.6", "203.0.113.5,10.0.0.2"], "203.0.113.5"),
            (["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"), (["::ffff:203.0.113.5"], "203.0.113.5"),
            (["10.0.0.9"], "10.0.0.9"), (["nonsense"], "10.0.0.1"), (["6.6.6.6, nonsense"], "10.0.0.1"),
        ] as [([String], String)]
    )
    func visitors(forwarded: [String], expected: String) throws {
        let proxies = TrustedProxies(ranges: ["10.0.0.0/8"].compactMap { NetworkRange($0) })
        let connected = forwarded.isEmpty ? "192.0.2.1" : "10.0.0.1"
        #expect(proxies.visitor(forwarded: forwarded, connectedFrom: connected).description == expected)
        let none = TrustedProxies().visitor(forwarded: forwarded, connectedFrom: "10.0.0.1")
        #expect(none.description == "10.0.0.1")
        #expect(proxies.visitor(forwarded: forwarded, connectedFrom: nil) == .unknown)
    }

    /// All rows that logons could leave.
    private func rows(_ bench: Bench) async throws -> Int64 {
        let tables = [
            "sessions", "codes", "browser_logons", "used_tickets", "pushed_requests", "diagnoses", "call_budgets",
            "refused_credentials", "refused_tries", "client_assertions", "outbox",
        ]
        var count: Int64 = 0
        for table in tables {
            count += try await bench.wiring.database.run("select count(*) from \(identifier: "verifier", table)")[0]
                .decode(Int64.self)
        }
        return count
    }
}
