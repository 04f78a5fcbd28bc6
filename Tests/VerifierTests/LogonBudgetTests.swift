import HTTPTypes
import HummingbirdTesting
import Messages
import Testing

@testable import Verifier

/// No logon, and nobody who makes believe to log on, has our address banned at WeCom.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs a broker and PostgreSQL"))
struct LogonBudgetTests {
    @Test("credentials that WeCom refused are not shown to it again at once, through whichever identity provider")
    func credentials() async throws {
        try await Bench.run { bench in
            let (one, other) = try await (bench.enterprise(), bench.enterprise())
            bench.wecom.fail("gettoken", with: 40_001)
            for configuration in [one, other, one, other] {
                let refused = try await bench.nativeLogon(to: configuration)
                #expect(try refused.json["reason"] as? String == "idp_not_authorized")
            }
            #expect(bench.wecom.calls.filter { $0 == "gettoken" }.count == 1)
        }
    }

    @Test("codes that WeCom refuses are bounded by enterprise, from wherever they come, and others log on as ever")
    func codes() async throws {
        try await Bench.run { bench in
            let (attacked, other) = try await (bench.enterprise(), bench.enterprise())
            func guess(_ number: Int) async throws -> TestResponse {
                let stranger = TestBrowser(bench.client, address: "198.51.100.\(number % 100)")
                return try await bench.nativeLogon(to: attacked, code: "made up \(number)", in: stranger)
            }
            var last = try await guess(0)
            for number in 1..<150 where last.status != .tooManyRequests { last = try await guess(number) }
            #expect(last.status == .tooManyRequests)
            #expect(try last.json["reason"] as? String == "too_many_tries")
            #expect(Int(last.headers[.retryAfter] ?? "") ?? 0 > 0)
            // A minute may end meanwhile.
            #expect(bench.wecom.calls.filter { $0 == "auth/getuserinfo" }.count <= 130)
            #expect(try await bench.nativeLogon(to: other).status == .ok)
        }
    }

    @Test("logons that succeed count for nothing, however many there are")
    func successes() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let people = (0..<80).map { "Person\($0)" }
            let told = try people.map { try Bench.person($0, in: configuration) }
            try await bench.change(told, in: configuration, epoch: 1, sequence: 2)
            for person in people {
                let code = bench.wecom.code(for: .member(person))
                #expect(try await bench.nativeLogon(to: configuration, code: code).status == .ok)
            }
        }
    }
}
