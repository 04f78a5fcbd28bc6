import Foundation
import HTTPTypes
import HummingbirdTesting
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Verifier

/// How clients go on with their sessions, and how long.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct RefreshTests {
    @Test("who did not hear the answer to a refresh gets it again; later, the old token ends the session")
    func grace() async throws {
        try await Bench.run { bench in
            let first = try await bench.tokens(bench.enterprise())
            let second = try await bench.refresh(first.refreshToken!).tokens
            #expect(second.refreshToken != first.refreshToken)
            #expect(try await bench.refresh(first.refreshToken!).tokens.refreshToken == second.refreshToken)
            try await bench.wiring.database.run(
                "update verifier.sessions set refreshed_at = refreshed_at - interval '31 seconds'"
            )
            #expect(try await bench.refresh(first.refreshToken!).error == "invalid_grant")
            #expect(try await bench.refresh(second.refreshToken!).error == "invalid_grant")
            #expect(try await bench.userinfo(second.accessToken).status == .unauthorized)
        }
    }

    @Test("a token from before the one before ends the session at once")
    func theft() async throws {
        try await Bench.run { bench in
            let first = try await bench.tokens(bench.enterprise())
            let second = try await bench.refresh(first.refreshToken!).tokens
            let third = try await bench.refresh(second.refreshToken!).tokens
            #expect(try await bench.refresh(first.refreshToken!).error == "invalid_grant")
            #expect(try await bench.refresh(third.refreshToken!).error == "invalid_grant")
        }
    }

    @Test("a client that did not hear of the next token ends its session by the one that it has")
    func revocationByFormer() async throws {
        try await Bench.run { bench in
            let first = try await bench.tokens(bench.enterprise())
            let second = try await bench.refresh(first.refreshToken!).tokens
            let form = ["client_id": "sase", "token": first.refreshToken!]
            #expect(try await bench.browser.post("/oauth2/revoke", form: form).status == .ok)
            #expect(try await bench.userinfo(second.accessToken).status == .unauthorized)
            #expect(try await bench.refresh(second.refreshToken!).error == "invalid_grant")
        }
    }

    @Test("a made up token of somebody's session changes nothing")
    func guessing() async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            let parts = tokens.refreshToken!.split(separator: ".")
            for guess in ["\(parts[0]).1.AAAA.\(parts[3])", "\(parts[0]).1.\(parts[2]).AAAA", "\(parts[0]).9.A.B"] {
                #expect(try await bench.refresh(guess).error == "invalid_grant")
            }
            #expect(try await bench.refresh(tokens.refreshToken!).status == .ok)
        }
    }

    @Test("without offline_access there is no refresh token")
    func online() async throws {
        try await Bench.run { bench in
            let browser = bench.browser
            let state = try await bench.begin(bench.enterprise(), in: browser, ["scope": "openid"])
            let back = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            let tokens = try await bench.redeem(#require(back.query("code"))).tokens
            #expect(tokens.refreshToken == nil)
            #expect(tokens.scope == "openid")
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
        }
    }

    @Test("a refresh may ask for less than was granted, and not for more")
    func narrowing() async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            func refresh(_ scope: String) async throws -> TestResponse {
                let form = ["grant_type": "refresh_token", "client_id": "sase", "scope": scope]
                return try await bench.browser.post(
                    "/oauth2/token",
                    form: form.merging(["refresh_token": tokens.refreshToken!]) { $1 }
                )
            }
            let less = try await refresh("profile phone").tokens
            #expect(less.scope == "openid profile")
            let person = try await bench.userinfo(less.accessToken).json
            #expect(person["name"] as? String == "张三")
            #expect(person["email"] == nil)
            #expect(try await bench.refresh(less.refreshToken!).tokens.scope == tokens.scope)
        }
    }

    @Test("a refresh gets nothing that was not granted, though the client is registered for it")
    func widening() async throws {
        try await Bench.run { bench in
            let browser = bench.browser
            let state = try await bench.begin(bench.enterprise(), in: browser, ["scope": "openid offline_access"])
            let back = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            let tokens = try await bench.redeem(#require(back.query("code"))).tokens
            let form = [
                "grant_type": "refresh_token", "client_id": "sase", "scope": "openid profile",
                "refresh_token": tokens.refreshToken!,
            ]
            #expect(try await browser.post("/oauth2/token", form: form).error == "invalid_scope")
            #expect(try await bench.refresh(tokens.refreshToken!).status == .ok)
        }
    }

    @Test("however often a session is refreshed, it is one row, and it ends when its client's absolute time is up")
    func growth() async throws {
        try await Bench.run { bench in
            var tokens = try await bench.tokens(bench.enterprise())
            func rows() async throws -> Int {
                try await bench.wiring.database.run(
                    """
                    select (select count(*) from verifier.sessions) + (select count(*) from verifier.codes)
                        + (select count(*) from verifier.browser_logons)
                    """
                )[0].decode(Int.self)
            }
            let before = try await rows()
            for _ in 0..<50 { tokens = try await bench.refresh(tokens.refreshToken!).tokens }
            #expect(try await rows() == before)
            try await bench.wiring.database.run(
                "update verifier.sessions set ends_at = now() + interval '200 milliseconds'"
            )
            tokens = try await bench.refresh(tokens.refreshToken!).tokens
            try await eventually(within: .seconds(5), "the session is over") {
                try await bench.userinfo(tokens.accessToken).status == .unauthorized
            }
            #expect(try await bench.refresh(tokens.refreshToken!).error == "invalid_grant")
        }
    }

    @Test("of a hundred who show one code to two instances, exactly one gets tokens, and the session lives")
    func codeRace() async throws {
        try await Bench.run { bench in
            let code = try await bench.code(bench.enterprise(), in: bench.browser)
            try await bench.withAnotherInstance { other in
                let form = [
                    "grant_type": "authorization_code", "client_id": "sase", "code": code,
                    "redirect_uri": Bench.redirectURI, "code_verifier": Bench.verifier,
                ]
                let answers = try await Self.race(bench.browser, TestBrowser(other), form)
                #expect(answers.count { $0.status != .ok } == 99)
                let winner = try #require(answers.first { $0.status == .ok }).tokens
                #expect(try await bench.userinfo(winner.accessToken).status == .ok)
            }
        }
    }

    @Test("a hundred who show one refresh token to two instances get one new token, and the person stays logged on")
    func refreshRace() async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            try await bench.withAnotherInstance { other in
                let form = [
                    "grant_type": "refresh_token", "client_id": "sase", "refresh_token": tokens.refreshToken!,
                ]
                let answers = try await Self.race(bench.browser, TestBrowser(other), form)
                let next = try Set(answers.map { try $0.tokens.refreshToken })
                #expect(next.count == 1)
                let counter = try await bench.wiring.database.run("select refresh_counter from verifier.sessions")
                #expect(try counter.decode(Int.self) == [2])
                #expect(try await bench.refresh(#require(next.first ?? nil)).status == .ok)
            }
        }
    }

    /// The answers to a hundred equal requests at once, every other one sent to the other instance.
    private static func race(
        _ one: TestBrowser,
        _ other: TestBrowser,
        _ form: [String: String]
    ) async throws -> [TestResponse] {
        try await withThrowingTaskGroup { group in
            for index in 0..<100 {
                group.addTask { try await (index % 2 == 0 ? one : other).post("/oauth2/token", form: form) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
