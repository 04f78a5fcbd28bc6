import HTTPTypes
import HummingbirdTesting
import Messages
import Postgres
import Testing

@testable import Verifier

/// Who has nothing to choose from goes straight on to WeCom. What could go wrong on the way:
///
/// - whoever only looks ahead, or begins, leaves something behind;
/// - a request that was answered already is taken to WeCom once more;
/// - whoever typed another enterprise's ID, and is not let in there, cannot get back from it.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct StraightOnTests {
    @Test("one identity provider that is open is passed over, also beside closed ones, and where the client names it")
    func one() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let page = "/logon/\(configuration.enterpriseID)"
            try await bench.publish(
                Bench.identityProvider(status: .closed, enterpriseID: configuration.enterpriseID)
            )
            let browser = bench.browser
            for path in [page, page + "?idp=\(configuration.id)", page + "?request=\(try bench.ticket())"] {
                let answer = try await browser.get(path)
                #expect(answer.status == .found)
                #expect(answer.location.contains("/wwlogin/sso/login"))
                #expect(answer.query("state")?.isEmpty == false)
            }
            #expect(browser.cookies.count == 3)
            #expect(bench.wecom.calls.isEmpty)
            #expect(try await bench.wiring.database.run("select from verifier.used_tickets").isEmpty)
            let other = try Bench.identityProvider(description: "Other", enterpriseID: configuration.enterpriseID)
            try await bench.publish(other)
            let two = try await browser.get(page)
            #expect(two.status == .ok)
            #expect(two.links.filter { $0.contains("/start?idp=") }.count == 2)
            #expect(try await browser.get(page + "?idp=\(other.id)").status == .found)
        }
    }

    @Test("a person who shall choose the account, or was not let in, is shown the one that there is")
    func choosing() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let hints = ["enterprise_id": configuration.enterpriseID.description, "prompt": "select_account"]
            let page = try await browser.get(browser.get(Bench.authorizeURI(hints)).path)
            #expect(page.status == .ok)
            let state = try await bench.choose(page, in: browser)
            let refused = try await bench.finish(state, as: .outsider, in: browser)
            #expect(refused.element("reason") == "not_a_member")
            let again = try #require(refused.links.first { $0.hasPrefix("/logon/") })
            let options = try await browser.get(again)
            #expect(options.status == .ok)
            #expect(options.links.contains { $0.hasPrefix("/logon?") }, "to another enterprise ID")
            let next = try await bench.choose(options, in: browser)
            #expect(try await bench.finish(next, as: .member("ZhangSan"), in: browser).query("code") != nil)
            #expect(try await browser.get("/logon/\(configuration.enterpriseID)?choose=yes").status == .ok)
        }
    }
}
