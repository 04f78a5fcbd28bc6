import LogTesting
import Logging
import Runtime
import Sealing
import Testing

@testable import WeCom

private let ok = ScriptedWeCom.Answer.json(#"{"errcode":0,"userlist":[]}"#)

private func error(_ code: Int) -> ScriptedWeCom.Answer {
    .json(#"{"errcode":\#(code),"errmsg":"no, hint: [h1], from ip: 1.2.3.4"}"#)
}

private func token(_ name: String) -> ScriptedWeCom.Answer {
    .json(#"{"errcode":0,"access_token":"\#(name)","expires_in":7200}"#)
}

@Suite("Session of one enterprise", .timeLimit(.minutes(5)))
struct SessionTests {
    @Test("many calls use one token")
    func oneToken() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", ok)
            let session = bench.session()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { _ = try await session.userList(department: 1) } }
                try await group.waitForAll()
            }
            #expect(await bench.wecom.calls(to: "gettoken").count == 1)
            #expect(await bench.wecom.calls(to: "user/list").count == 50)
        }
    }

    @Test("a refused token is renewed once and the call repeated", arguments: [40014, 42001, 40001])
    func renewal(code: Int) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("gettoken", token("A"), token("B"))
            await bench.wecom.script("user/list", error(code), ok)
            _ = try await bench.session().userList(department: 1)
            let used = await bench.wecom.calls(to: "user/list").compactMap { $0.query["access_token"] }
            #expect(used == ["A", "B"])
            #expect(bench.time.sleeps.isEmpty)
        }
    }

    @Test("a token that is refused again ends the call", arguments: [(40014, Reaction.bug), (40001, .stop)])
    func renewalInVain(code: Int, reaction: Reaction) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", error(code))
            let failure = await #expect(throws: WeComError.self) { try await bench.session().userList(department: 1) }
            #expect(failure?.reaction == reaction)
            #expect(failure?.attempts == 2)
            #expect(failure?.hint == "h1")
            #expect(await bench.wecom.calls(to: "user/list").count == 2)
            #expect(await bench.wecom.calls(to: "gettoken").count == 2)
        }
    }

    @Test("a wrong secret asks for a token once, however many call")
    func wrongSecret() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("gettoken", error(40001))
            let session = bench.session()
            for _ in 0..<10 {
                let failure = await #expect(throws: WeComError.self) { try await session.userList(department: 1) }
                #expect(failure?.reaction == .stop)
            }
            #expect(await bench.wecom.calls.count == 1)
        }
    }

    @Test("a busy WeCom is asked three times more, ever later")
    func busy() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", error(-1))
            let settings = SessionSettings(backoff: Backoff(first: .seconds(1), limit: .seconds(3), jitter: 0))
            let failure = await #expect(throws: WeComError.self) {
                try await bench.session(settings).userList(department: 1)
            }
            #expect(failure?.attempts == 4)
            #expect(bench.time.sleeps == [.seconds(1), .seconds(2), .seconds(3)])
        }
    }

    @Test("what gets lost on the way is repeated five times")
    func lost() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script(
                "user/list",
                answers: [.status(502), .json("{"), .broken, .status(503), .json(""), ok]
            )
            _ = try await bench.session().userList(department: 1)
            #expect(bench.time.sleeps.count == 5)
            await bench.wecom.script("department/list", .status(502))
            let failure = await #expect(throws: WeComError.self) { try await bench.session().departmentList() }
            #expect(failure?.attempts == 6)
        }
    }

    @Test("a token call that gets lost is repeated too")
    func lostToken() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("gettoken", .status(502), error(-1), token("A"))
            await bench.wecom.script("user/list", ok)
            _ = try await bench.session().userList(department: 1)
            #expect(await bench.wecom.calls(to: "gettoken").count == 3)
        }
    }

    @Test("waits differ by chance and keep within their bounds")
    func jitter() {
        let backoff = SessionSettings().backoff
        let waits = Set((0..<100).map { _ in backoff.delay(attempt: 3) })
        #expect(waits.count > 50)
        #expect(waits.allSatisfy { (.seconds(1)...(.seconds(2))).contains($0) })
        #expect(backoff.delay(attempt: 1000) <= .seconds(20))
    }

    @Test(
        "what concerns one object or needs somebody is thrown at once",
        arguments: [60011, 60111, 60020, 48001, 47001, 99999]
    )
    func atOnce(code: Int) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", error(code))
            let failure = await #expect(throws: WeComError.self) { try await bench.session().userList(department: 1) }
            #expect(failure?.code == code)
            #expect(await bench.wecom.calls(to: "user/list").count == 1)
        }
    }

    @Test("the frequency limit pauses the enterprise, and a crowd counts as one pause")
    func pause() async throws {
        try await withScriptedWeCom { bench in
            let limit = ScriptedWeCom.Answer.held(#"{"errcode":45009,"errmsg":"freq out of limit"}"#)
            await bench.wecom.script("user/list", answers: [limit, limit, ok])
            let session = bench.session(SessionSettings(pause: .seconds(60), maximumPauses: 1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 { group.addTask { _ = try await session.userList(department: 1) } }
                try await bench.until { await bench.wecom.calls(to: "user/list").count == 2 }
                await bench.wecom.open()
                try await group.waitForAll()
            }
            #expect(bench.time.sleeps.contains(.seconds(60)))
            #expect(bench.time.keeper.now() < .seconds(121))
        }
    }

    @Test("so many pauses in a row are enough")
    func pauses() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", error(45009))
            let session = bench.session(SessionSettings(pause: .seconds(60), maximumPauses: 3))
            let failure = await #expect(throws: WeComError.self) { try await session.userList(department: 1) }
            #expect(failure?.reaction == .pause)
            #expect(bench.time.sleeps == [.seconds(60), .seconds(60), .seconds(60)])
        }
    }

    @Test("never more calls in flight than allowed")
    func bounded() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", .held(#"{"errcode":0}"#))
            let session = bench.session(SessionSettings(concurrency: 3))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 { group.addTask { _ = try await session.userList(department: 1) } }
                for round in 1...4 {
                    try await bench.until { await bench.wecom.calls(to: "user/list").count == 3 * round }
                    await bench.wecom.open()
                }
                try await group.waitForAll()
            }
            #expect(await bench.wecom.maximumInFlight == 3)
        }
    }

    @Test("too many at once halves the concurrency, and success brings it back")
    func lowering() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", error(45033), error(45033), ok)
            let session = bench.session()
            _ = try await session.userList(department: 1)
            #expect(await session.concurrency == 2)
            for _ in 0..<99 { _ = try await session.userList(department: 1) }
            #expect(await session.concurrency == 3)
        }
    }

    @Test("a crowd that is too much at once halves the concurrency once")
    func crowd() async throws {
        try await withScriptedWeCom { bench in
            let crowded = ScriptedWeCom.Answer.held(#"{"errcode":45033,"errmsg":"concurrency limit"}"#)
            await bench.wecom.script("user/list", answers: Array(repeating: crowded, count: 8) + [ok])
            let session = bench.session()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await session.userList(department: 1) } }
                try await bench.until { await bench.wecom.calls(to: "user/list").count == 8 }
                await bench.wecom.open()
                try await group.waitForAll()
            }
            #expect(await session.concurrency == 4)
        }
    }

    @Test("what ends a call is told with WeCom's hint, but for what concerns one object")
    func finalErrors() async throws {
        let lines = LogLines()
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", error(60020), error(60011))
            let session = bench.session(logger: lines.logger)
            for _ in 0..<2 { _ = await #expect(throws: WeComError.self) { try await session.userList(department: 1) } }
        }
        let warnings = lines.all.filter { $0.level == .warning }.map(\.description)
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("60020") == true && warnings.first?.contains("h1") == true)
    }

    @Test("who is cancelled while waiting for a place leaves none occupied")
    func cancelled() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", .held(#"{"errcode":0}"#))
            let session = bench.session(SessionSettings(concurrency: 1))
            let first = Task { try await session.userList(department: 1) }
            try await bench.until { await bench.wecom.calls(to: "user/list").count == 1 }
            let waiting = (0..<5).map { _ in Task { try await session.userList(department: 2) } }
            for task in waiting { task.cancel() }
            for task in waiting { await #expect(throws: CancellationError.self) { try await task.value } }
            await bench.wecom.open()
            _ = try await first.value
            await bench.wecom.script("user/list", ok)
            _ = try await session.userList(department: 3)
        }
    }

    @Test(
        "a sign-in code is never tried twice",
        arguments: [ScriptedWeCom.Answer.status(502), error(-1), error(45009), .broken]
    )
    func singleUse(answer: ScriptedWeCom.Answer) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("auth/getuserinfo", answer)
            await #expect(throws: WeComError.self) { try await bench.session().userInfo(code: "CODE") }
            #expect(await bench.wecom.calls(to: "auth/getuserinfo").count == 1)
        }
    }

    @Test("a sign-in code is tried with a renewed token, and a token call may be repeated")
    func signInRenewal() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("gettoken", .status(502), token("A"), token("B"))
            await bench.wecom.script("auth/getuserinfo", error(42001), .json(#"{"errcode":0,"userid":"a"}"#))
            let identity = try await bench.session().userInfo(code: "CODE")
            #expect(identity == .member(userID: "a", ticket: nil))
        }
    }

    @Test("logs name call, code and hint, and hold neither token nor secret")
    func logs() async throws {
        let lines = LogLines()
        try await withScriptedWeCom { bench in
            await bench.wecom.script("gettoken", token("TOKEN-A"), token("TOKEN-B"))
            await bench.wecom.script(
                "user/list",
                .json(#"{"errcode":42001,"errmsg":"expired TOKEN-A APP-SECRET, hint: [h1]"}"#),
                .status(502),
                ok
            )
            _ = try await bench.session(logger: lines.logger).userList(department: 1)
        }
        let text = lines.all.map(\.description).joined(separator: "\n")
        #expect(lines.all.count == 2)
        #expect(text.contains("user/list") && text.contains("42001") && text.contains("h1"))
        #expect(!text.contains("TOKEN") && !text.contains("SECRET"))
    }
}
