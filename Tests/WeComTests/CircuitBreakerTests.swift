import Runtime
import Testing

@testable import WeCom

@Suite("A WeCom that does not answer", .timeLimit(.minutes(1)))
struct CircuitBreakerTests {
    private let time = TestTime()
    private let breaker: CircuitBreaker

    init() {
        breaker = CircuitBreaker(failures: 3, pause: .seconds(30), time: time.keeper)
    }

    private func fail(_ times: Int) async {
        for _ in 0..<times {
            guard await breaker.admits() else { continue }
            await breaker.note(hasAnswered: false)
        }
    }

    @Test("after failures in a row nothing is called, and then one at a time until one is answered")
    func opens() async {
        await fail(2)
        #expect(await breaker.admits())
        await breaker.note(hasAnswered: false)
        #expect(await !breaker.admits())
        time.advance(by: .seconds(30))
        #expect(await breaker.admits())
        #expect(await !breaker.admits())
        await breaker.note(hasAnswered: false)
        #expect(await !breaker.admits())
        time.advance(by: .seconds(30))
        #expect(await breaker.admits())
        await breaker.note(hasAnswered: true)
        for _ in 0..<5 { #expect(await breaker.admits()) }
    }

    @Test("an answer in between, and a call that was given up, leave it closed")
    func staysClosed() async {
        for _ in 0..<5 {
            await fail(2)
            #expect(await breaker.admits())
            await breaker.note(hasAnswered: true)
        }
        await fail(2)
        for _ in 0..<5 {
            #expect(await breaker.admits())
            await breaker.note(hasAnswered: nil)
        }
        #expect(await breaker.admits())
    }

    @Test("a try that was given up lets another one try")
    func givenUp() async {
        await fail(3)
        time.advance(by: .seconds(30))
        #expect(await breaker.admits())
        await breaker.note(hasAnswered: nil)
        #expect(await breaker.admits())
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
            #expect(await breaker.admits())
            await breaker.note(hasAnswered: false)
            await bench.wecom.script("user/list", .json(#"{"errcode":0,"userlist":[]}"#))
            let backoff = Backoff(first: .seconds(1), limit: .seconds(20), jitter: 0)
            let settings = SessionSettings(transportRetries: 0, silentRetries: 8, backoff: backoff)
            _ = try await bench.session(settings, breaker: breaker).userList(department: 1)
            #expect(bench.time.sleeps == [1, 2, 4, 8, 16].map { Duration.seconds($0) })
            await breaker.note(hasAnswered: false)
            let error = await #expect(throws: WeComError.self) {
                try await bench.session(SessionSettings(transportRetries: 0), breaker: breaker).userList(department: 1)
            }
            #expect(error?.wasMade == false)
        }
    }

    @Test("one breaker for all stands before every enterprise's own")
    func shared() async throws {
        try await withScriptedWeCom { bench in
            await fail(3)
            let session = bench.session(SessionSettings(transportRetries: 0), breaker: breaker)
            let error = await #expect(throws: WeComError.self) { try await session.userList(department: 1) }
            #expect(error?.reaction == .retry)
            #expect(await bench.wecom.calls(to: "user/list").isEmpty)
        }
    }
}
