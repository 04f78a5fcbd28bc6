import AsyncHTTPClient
import JSONCoding
import Sealing
import Testing

@testable import WeCom

@Suite("Client, when WeCom does not answer as it should", .timeLimit(.minutes(5)))
struct ClientFaultTests {
    private func failure(
        _ answer: ScriptedWeCom.Answer,
        limits: Limits = Limits(),
        check: @escaping @Sendable (WeComError) -> Void
    ) async throws {
        try await withScriptedWeCom(limits: limits) { bench in
            await bench.wecom.script("user/list", answer)
            let error = await #expect(throws: WeComError.self) {
                try await bench.client.userList(department: 1, token: bench.token)
            }
            if let error { check(error) }
        }
    }

    @Test("an errcode becomes an error with hint and path")
    func errcode() async throws {
        let json =
            #"{"errcode":42001,"errmsg":"access_token expired, hint: [1576065934_28_e0], from ip: 9.30.0.138, "#
            + #"more info at https://open.work.weixin.qq.com/devtool/query?e=42001"}"#
        try await failure(.json(json)) { error in
            #expect(error.code == 42001)
            #expect(error.reaction == .renewToken)
            #expect(error.hint == "1576065934_28_e0")
            #expect(error.path == "user/list")
            #expect(error.callerAddress == "9.30.0.138")
        }
    }

    @Test(
        "a list that is read where it stands is whole or none",
        arguments: [
            #"{"errcode":0,"errmsg":"ok","userlist":[{"userid":"a"}"#, #"{"errcode":0,"errmsg":"o"#, "", "<html>",
        ]
    )
    func cutOffWhileReading(body: String) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", .json(body))
            let error = await #expect(throws: WeComError.self) {
                try await bench.client.userList(department: 1, token: bench.token, Self.people)
            }
            #expect(error?.cause == .incompleteBody)
        }
    }

    @Test("an answer that is whole and yet of another form is the reader's to refuse")
    func whatTheReaderRefuses() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", .json(#"{"errcode":0,"errmsg":"ok","userlist":7}"#))
            await #expect(throws: JSONError(expected: "array", offset: 38)) {
                try await bench.client.userList(department: 1, token: bench.token, Self.people)
            }
        }
    }

    @Test("an errcode is thrown before anybody reads the list")
    func errcodeBeforeReading() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", .json(#"{"errcode":60011,"errmsg":"no privilege"}"#))
            let error = await #expect(throws: WeComError.self) {
                try await bench.client.userList(department: 1, token: bench.token) { _ in
                    Issue.record("the list was read")
                    return 0
                }
            }
            #expect(error?.code == 60011)
        }
    }

    /// Counts the people of an answer.
    private static func people(_ body: [UInt8]) throws -> Int {
        let keys = JSONKeys(["userlist"])
        var reader = JSONReader(body)
        var count = 0
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            guard key == 0 else {
                try reader.skipValue()
                continue
            }
            try reader.beginArray()
            while try reader.nextElement() {
                try reader.skipValue()
                count += 1
            }
        }
        try reader.finish()
        return count
    }

    @Test("an errcode is found after a long list, and as text")
    func lateErrcode() async throws {
        let list = (0..<2000).map { #"{"userid":"u\#($0)","errcode":0}"# }.joined(separator: ",")
        try await failure(.json(#"{"userlist":[\#(list)],"errmsg":"x","errcode":"60011"}"#)) { error in
            #expect(error.code == 60011)
        }
    }

    @Test("a message never shows the token")
    func secrets() async throws {
        try await failure(.json(#"{"errcode":40014,"errmsg":"invalid access_token TOKEN-0 of you"}"#)) { error in
            #expect(error.message == "invalid access_token <secret> of you")
            #expect(!"\(error) \(String(reflecting: error))".contains("TOKEN-0"))
        }
    }

    @Test("the secret of gettoken does not show either")
    func appSecret() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("gettoken", .json(#"{"errcode":40001,"errmsg":"invalid credential SECRET-1"}"#))
            let error = await #expect(throws: WeComError.self) {
                try await bench.client.getToken(corpID: bench.corpID, secret: Secret("SECRET-1"))
            }
            #expect(error?.message == "invalid credential <secret>")
        }
    }

    @Test(
        "a body that is cut off or no JSON object is not an answer",
        arguments: [
            "", "{", #"{"errcode":0,"userlist":[{"userid":"a"}"#, #"{"errcode":0,"userlist":[{"userid":"a"}]"#,
            #"{"errcode":0,"errmsg":"o"#, "<html>", "[]", "null", #"{"errcode":0}{"#, #"{"errcode":0} x"#,
            #"{"errcode":"forbidden","userlist":[]}"#, #"{"errcode":[],"userlist":[]}"#,
            #"{"errcode":0.5,"userlist":[]}"#, #"{"errcode":true,"userlist":[]}"#,
        ]
    )
    func incomplete(body: String) async throws {
        try await failure(.json(body)) { error in
            #expect(error.cause == .incompleteBody)
            #expect(error.reaction == .retry)
        }
    }

    @Test(
        "a code is read however a number is written, and none is success",
        arguments: [
            ("60011", 60011), (#""60011""#, 60011), ("60011.0", 60011), ("-1", -1), ("null", nil), ("0", nil),
            (#""0""#, nil), ("0.0", nil),
        ] as [(String, Int?)]
    )
    func writtenCodes(code: String, expected: Int?) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", .json(#"{"userlist":[],"errcode":\#(code),"errmsg":""}"#))
            do {
                _ = try await bench.client.userList(department: 1, token: bench.token)
                #expect(expected == nil)
            } catch let error as WeComError {
                #expect(expected != nil && error.code == expected)
            }
        }
    }

    @Test("a mark before the text is none of it")
    func byteOrderMark() async throws {
        try await withScriptedWeCom { bench in
            let body = #"{"errcode":0,"errmsg":"ok","userlist":[]}"#
            await bench.wecom.script("user/list", .json("\u{FEFF}" + body))
            let answer = try await bench.client.userList(department: 1, token: bench.token)
            #expect(answer == Array(body.utf8))
        }
    }

    @Test(
        "however long WeCom says that a token lasts, it is used for a while, and not for ever",
        arguments: [
            ("0", 10), ("-7200", 10), ("3", 10), ("null", 7_200), (#""1800""#, 1_800), ("7200.0", 7_200),
            ("9223372036854775807", 86_400),
        ] as [(String, Int)]
    )
    func oddLifetimes(told: String, seconds: Int) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("gettoken", .json(#"{"access_token":"T","expires_in":\#(told)}"#))
            let token = try await bench.client.getToken(corpID: bench.corpID, secret: Secret("SECRET-1"))
            #expect(token == AccessToken(Secret("T"), lifetime: .seconds(seconds)))
        }
    }

    @Test("what is not WeCom's own answer is none, and stops", arguments: [301, 302, 307, 404])
    func foreignAnswer(status: Int) async throws {
        try await failure(.status(status, "<html>")) { error in
            #expect(error.cause == .status(status))
            #expect(error.reaction == .stop)
        }
    }

    @Test("a status other than 200 is an error even with a fine body", arguments: [500, 502, 503, 429])
    func status(status: Int) async throws {
        try await failure(.status(status, #"{"errcode":0,"userlist":[]}"#)) { error in
            #expect(error.cause == .status(status))
            #expect(error.reaction == .retry)
        }
    }

    @Test(
        "an errcode counts under another status, too, but for a failing server's",
        arguments: [201, 400, 403, 404, 429]
    )
    func errcodeUnderStatus(status: Int) async throws {
        let json = #"{"errcode":60011,"errmsg":"no privilege, hint: [7]"}"#
        try await failure(.status(status, json)) { error in
            #expect(error.code == 60011)
            #expect(error.hint == "7")
        }
        try await failure(.status(502, json)) { error in
            #expect(error.cause == .status(502))
        }
    }

    @Test("a long answer under another status is not read for an errcode")
    func longRefusal() async throws {
        let json = #"{"errcode":60011,"errmsg":"\#(String(repeating: "x", count: 70_000))"}"#
        try await failure(.status(404, json)) { error in
            #expect(error.cause == .status(404))
        }
    }

    @Test("a body over the limit is refused")
    func tooLarge() async throws {
        let body = #"{"errcode":0,"userlist":["\#(String(repeating: "x", count: 2000))"]}"#
        try await failure(.json(body), limits: Limits(maximumBody: 1000)) { error in
            #expect(error.cause == .bodyTooLarge(limit: 1000))
        }
    }

    @Test("silence ends in a timeout, before the answer and within it", arguments: [false, true])
    func silence(afterBeginning: Bool) async throws {
        try await failure(afterBeginning ? .stalled : .silence, limits: Limits(timeout: .milliseconds(200))) { error in
            #expect(error.cause == .timeout)
        }
    }

    @Test("a connection that breaks within the body is a connection error")
    func broken() async throws {
        try await failure(.broken) { error in
            #expect(error.cause == .connection)
        }
    }

    @Test("nobody listening is a connection error without the URL")
    func refused() async throws {
        try await withScriptedWeCom { bench in
            let http = WeComClient(http: .shared, apiURL: "http://127.0.0.1:1", limits: Limits(timeout: .seconds(2)))
            let error = await #expect(throws: WeComError.self) {
                try await http.userList(department: 1, token: bench.token)
            }
            #expect(error?.reaction == .retry)
            #expect(error.map { "\($0)".contains("TOKEN-0") } == false)
        }
    }

    @Test("a cancelled caller gets a cancellation")
    func cancelled() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("user/list", .silence)
            let call = Task { try await bench.client.userList(department: 1, token: bench.token) }
            try await bench.until { await bench.wecom.calls.count == 1 }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
        }
    }
}
