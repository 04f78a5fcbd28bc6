import HTTPTypes
import HummingbirdTesting
import Messages
import Testing

@testable import Verifier

/// No logon, and nobody who makes believe to log on, has our address banned at WeCom.
@Suite(.timeLimit(.minutes(3)), .enabled(if: Bench.isAvailable, "needs a broker and PostgreSQL"))
struct LogonBudgetTests {
    @Test("credentials that WeCom refused are not shown to it again at once, through whichever identity provider")
    func credentials() async throws {
        try await Bench.run { bench in
            let (one, other) = try await (bench.enterprise(), bench.enterprise())
            bench.wecom.fail("gettoken", with: 40_001)
            for configuration in [one, other, one, other] {
                let refused = try await logOn(to: configuration, in: bench)
                #expect(try refused.json["reason"] as? String == "idp_not_authorized")
            }
            #expect(bench.wecom.calls.filter { $0 == "gettoken" }.count == 1)
        }
    }

    @Test("codes that WeCom refuses are bounded by enterprise: 429 with a time, and others log on as ever")
    func codes() async throws {
        try await Bench.run { bench in
            let (attacked, other) = try await (bench.enterprise(), bench.enterprise())
            var last = try await logOn(to: attacked, code: "made up", in: bench)
            for number in 0..<150 where last.status != .tooManyRequests {
                last = try await logOn(to: attacked, code: "made up \(number)", in: bench)
            }
            #expect(last.status == .tooManyRequests)
            #expect(try last.json["reason"] as? String == "too_many_codes")
            #expect(Int(last.headers[.retryAfter] ?? "") ?? 0 > 0)
            // A minute may end meanwhile.
            #expect(bench.wecom.calls.filter { $0 == "auth/getuserinfo" }.count <= 130)
            #expect(try await logOn(to: other, in: bench).status == .ok)
        }
    }

    @Test("logons that succeed count for nothing, however many there are")
    func successes() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            for _ in 0..<80 { #expect(try await logOn(to: configuration, in: bench).status == .ok) }
        }
    }

    private func logOn(
        to configuration: IdentityProviderConfiguration,
        code: String? = nil,
        in bench: Bench
    ) async throws -> TestResponse {
        let body = [
            "enterpriseID": configuration.enterpriseID.description, "idpID": configuration.id.description,
            "code": code ?? bench.wecom.code(for: .member("ZhangSan")), "schema": "wwauth4151efa784c9324d000002",
            "clientID": "sase",
        ]
        return try await bench.browser.post("/api/v1/logon/wecom-code", json: body)
    }
}
