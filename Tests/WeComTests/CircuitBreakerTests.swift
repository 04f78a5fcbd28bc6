import Runtime
import Testing

@testable import WeCom

@Suite("A WeCom that does not answer", .timeLimit(.minutes(5)))
struct CircuitBreakerTests {
    private let time = TestTime()
    private let breaker: CircuitBreaker

    init() {
        breaker = CircuitBreaker(failures: 3, pause: .seconds(30), time: time.keeper)
    }

    private func fail(_ times: Int) {
        for _ in 0..<times {
            guard breaker.admits() else { continue }
            breaker.note(hasAnswered: false)
        }
    }

    @Test("after failures in a row nothing is called, and then one at a time until one is answered")
    func opens() {
        fail(2)
        #expect(breaker.admits())
        breaker.note(hasAnswered: false)
        #expect(!breaker.admits())
        time.advance(by: .seconds(30))
        #expect(breaker.admits())
        #expect(!breaker.admits())
        breaker.note(hasAnswered: false)
        #expect(!breaker.admits())
        time.advance(by: .seconds(30))
        #expect(breaker.admits())
        breaker.note(hasAnswered: true)
        for _ in 0..<5 { #expect(breaker.admits()) }
    }

    @Test("an answer in between, and a call that was given up, leave it closed")
    func staysClosed() {
        for _ in 0..<5 {
            fail(2)
            #expect(breaker.admits())
            breaker.note(hasAnswered: true)
        }
        fail(2)
        for _ in 0..<5 {
            #expect(breaker.admits())
            breaker.note(hasAnswered: nil)
        }
        #expect(breaker.admits())
    }

    @Test("a try that was given up lets another one try")
    func givenUp() {
        fail(3)
        time.advance(by: .seconds(30))
        #expect(breaker.admits())
        breaker.note(hasAnswered: nil)
        #expect(breaker.admits())
    }

    @Test("a session leaves an enterprise alone that does not answer, and its refusals count as answers")
    func session() async throws {
        try await withScriptedWeCom { bench in
            let settings = SessionSettings(transportRetries: 0, unansweredCalls: 2)
            let session = bench.session(settings)
            await bench.wecom.script("user/list", .status(502), .json(#"{"errcode":60011}"#), .status(502))
            for _ in 0..<6 {
                _ = await #expect(throws: WeComError.self) { try await session.userList(department: 1) }
            }
            #expect(await bench.wecom.calls(to: "user/list").count == 4)
            bench.time.advance(by: .seconds(5))
            await bench.wecom.script("user/list", .json(#"{"errcode":0,"userlist":[]}"#))
            _ = try await session.userList(department: 1)
        }
    }

    @Test("a call that is not made waits for WeCom where nobody waits for it, and has lost no repetition by that")
    func silentRetries() async throws {
        try await withScriptedWeCom { bench in
            let breaker = CircuitBreaker(failures: 1, pause: .seconds(30), time: bench.time.keeper)
            #expect(breaker.admits())
            breaker.note(hasAnswered: false)
            await bench.wecom.script("user/list", .json(#"{"errcode":0,"userlist":[]}"#))
            let backoff = Backoff(first: .seconds(1), limit: .seconds(20), jitter: 0)
            let settings = SessionSettings(transportRetries: 0, silentRetries: 8, backoff: backoff)
            _ = try await bench.session(settings, breaker: breaker).userList(department: 1)
            #expect(bench.time.sleeps == [1, 2, 4, 8, 16].map { Duration.seconds($0) })
            breaker.note(hasAnswered: false)
            let error = await #expect(throws: WeComError.self) {
                try await bench.session(SessionSettings(transportRetries: 0), breaker: breaker).userList(department: 1)
            }
            #expect(error?.wasMade == false)
        }
    }

    @Test("one breaker for all stands before every enterprise's own")
    func shared() async throws {
        try await withScriptedWeCom { bench in
            fail(3)
            let session = bench.session(SessionSettings(transportRetries: 0), breaker: breaker)
            let error = await #expect(throws: WeComError.self) { try await session.userList(department: 1) }
            #expect(error?.reaction == .retry)
            #expect(await bench.wecom.calls(to: "user/list").isEmpty)
        }
    }
}
