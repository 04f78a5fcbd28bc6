import HTTPTypes
import HummingbirdTesting
import KafkaTesting
import Messages
import Testing

@testable import Verifier

/// A native client's logon is bound to what it began (`wecom.md` §4.5; RFC 7636).
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct NativeLogonTests {
    @Test("only a client that is native begins or ends a logon here")
    func marked() async throws {
        try await Bench.run(clients: [SampleClients.client("web")]) { bench in
            let configuration = try await bench.enterprise()
            let wrong = Bench.nativeBeginning(configuration, ["clientID": "web"])
            let refused = try await bench.browser.post("/api/v1/logon/wecom-state", json: wrong)
            #expect(refused.status == .forbidden)
            #expect(refused.text.contains("client-not-native"))
            let begun = try await bench.browser.post(
                "/api/v1/logon/wecom-state",
                json: Bench.nativeBeginning(configuration)
            )
            var back = try Bench.nativeReturn(begun, code: bench.wecom.code(for: .member("ZhangSan")))
            back["clientID"] = "web"
            let answer = try await bench.browser.post("/api/v1/logon/wecom-code", json: back)
            #expect(answer.text.contains("client-not-native"))
            #expect(bench.wecom.calls.isEmpty)
        }
    }

    @Test("without the state, the ticket and the verifier that belong together no code counts, and nothing is spent")
    func bound() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let browser = bench.browser
            let web = try await bench.begin(configuration, in: browser)
            let cookie = try #require(browser.cookies.first { $0.key.contains("-at-") })
            let begun = try await browser.post("/api/v1/logon/wecom-state", json: Bench.nativeBeginning(configuration))
            let good = try Bench.nativeReturn(begun, code: bench.wecom.code(for: .member("ZhangSan")))
            let wrongs = [
                ["codeVerifier": String(repeating: "a", count: 43)], ["state": Ticket.make().text],
                ["ticket": try bench.ticket()], ["state": web, "ticket": cookie.value],
            ]
            for wrong in wrongs {
                let answer = try await browser.post("/api/v1/logon/wecom-code", json: good.merging(wrong) { $1 })
                #expect(try answer.json["reason"] as? String == "state_unknown")
            }
            #expect(bench.wecom.calls.isEmpty)
            #expect(try await browser.post("/api/v1/logon/wecom-code", json: good).status == .ok)
            let again = try await browser.post("/api/v1/logon/wecom-code", json: good)
            #expect(try again.json["reason"] as? String == "state_replayed")
        }
    }

    @Test("a refusal has the status of its reason, and what is away for now says when to try again")
    func statuses() async throws {
        try await Bench.run { bench in
            for (code, status, reason, wait) in [
                (-1, HTTPResponse.Status.serviceUnavailable, "wecom_unavailable", "5"),
                (40_058, .internalServerError, "internal", nil), (40_029, .badRequest, "code_expired", nil),
            ] as [(Int, HTTPResponse.Status, String, String?)] {
                bench.wecom.fail("auth/getuserinfo", with: code)
                let refused = try await bench.nativeLogon(to: bench.enterprise())
                #expect(refused.status == status)
                #expect(try refused.json["reason"] as? String == reason)
                #expect(refused.headers[.retryAfter] == wait)
            }
        }
    }

    @Test("a schema that is changed meanwhile counts when the code comes")
    func schema() async throws {
        try await Bench.run { bench in
            var configuration = try await bench.enterprise()
            let begun = try await bench.browser.post(
                "/api/v1/logon/wecom-state",
                json: Bench.nativeBeginning(configuration)
            )
            configuration.schema = "wwauth4151efa784c9324d000009"
            configuration.revision = configuration.revision.next
            try await bench.publish(configuration)
            let back = try Bench.nativeReturn(begun, code: bench.wecom.code(for: .member("ZhangSan")))
            let refused = try await bench.browser.post("/api/v1/logon/wecom-code", json: back)
            #expect(try refused.json["reason"] as? String == "schema_mismatch")
            #expect(bench.wecom.calls.isEmpty)
        }
    }
}
