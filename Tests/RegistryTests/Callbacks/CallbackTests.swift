import BackgroundWork
import Foundation
import Messages
import PostgresTesting
import Sealing
import Runtime
import Testing
import WeCom

@testable import Registry

/// WeCom's side door: what is let in, and what changes nothing.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct CallbackTests {
    /// Pushes that must change nothing: expects the status and the problem, and looks at every table.
    private func refuse(_ push: Push, _ status: Int, _ problem: String, _ registry: TestRegistry) async throws {
        let before = try await state(registry)
        let answer = try await registry.push(push)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.problem == problem)
        try await registry.components.callbackQueue.drain()
        #expect(try await state(registry) == before)
    }

    private func state(_ registry: TestRegistry) async throws -> [String] {
        var state = try await registry.contents()
        for table in ["callbacks", "grants", "corp_authorizations", "suite_tickets", "outbox", "runs"] {
            state.append("\(table) \(try await registry.count(table))")
        }
        return state
    }

    private func withCallbacks(_ test: @Sendable (TestRegistry) async throws -> Void) async throws {
        try await withRegistry({ Provider.configure(&$0) }, test)
    }

    @Test("a forged callback is refused and changes nothing")
    func forged() async throws {
        try await withCallbacks { registry in
            let event = Provider.suiteTicket("t")
            try await refuse(try Push(event, token: "another"), 403, "callback-forged", registry)
            var push = try Push(event)
            push.signature = String(push.signature.reversed())
            try await refuse(push, 403, "callback-forged", registry)
            push = try Push(event)
            push.nonce += "1"
            try await refuse(push, 403, "callback-forged", registry)
            push = try Push(event)
            push.timestamp = String((Int(push.timestamp) ?? 0) + 1)
            try await refuse(push, 403, "callback-forged", registry)
            push = try Push(event)
            push.body = try Push(Provider.suiteTicket("u")).body
            try await refuse(push, 403, "callback-forged", registry)
        }
    }

    @Test("a callback that is sent again as it was is acknowledged, and changes nothing")
    func replayed() async throws {
        try await withCallbacks { registry in
            let push = try Push(Provider.corpEvent("cancel_auth"))
            for _ in 0..<2 {
                let taken = try await registry.push(push)
                #expect(taken.status == 200)
                #expect(taken.text == "success")
            }
            #expect(try await registry.count("callbacks") == 1)
        }
    }

    @Test("callbacks are taken as JSON too, packet and event, where that was chosen in WeCom's console")
    func json() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            for event in [
                #"{"SuiteId":"\#(Provider.template)","InfoType":"suite_ticket","TimeStamp":1,"SuiteTicket":"u"}"#,
                #"{"SuiteId":"\#(Provider.template)","InfoType":"create_auth","TimeStamp":1,"AuthCode":"c","#
                    + #""State":"\#(state)","ExtraInfo":""}"#,
            ] {
                let taken = try await registry.push(try Push(json: event))
                #expect(taken.text == "success")
            }
            let suite = try SuiteID(Provider.template)
            #expect(try await registry.components.authorization.tickets.newest(of: suite)?.withValue { $0 } == "u")
            #expect(try await registry.grants(id).map { $0["state"] } == ["codeReceived"])
        }
    }

    @Test("a callback of more than ten minutes ago, or from the future, is refused", arguments: [605, -900, 86_400])
    func stale(age: Int) async throws {
        try await withCallbacks { registry in
            try await refuse(try Push(Provider.suiteTicket("t"), age: age), 403, "callback-stale", registry)
        }
    }

    @Test("a callback of some minutes ago is taken", arguments: [480, -590])
    func tolerated(age: Int) async throws {
        try await withCallbacks { registry in
            let taken = try await registry.push(try Push(Provider.suiteTicket("t"), age: age))
            #expect(taken.text == "success")
        }
    }

    @Test(
        "a callback that is meant for somebody else is refused and changes nothing",
        arguments: [Provider.corpID, "dkffffffffffffffff", "ww1e933be11645237c", "", "DK0123456789ABCDEF"]
    )
    func wrongReceiver(receiver: String) async throws {
        try await withCallbacks { registry in
            let push = try Push(Provider.suiteTicket("t"), receiver: receiver)
            try await refuse(push, 403, "callback-wrong-receiver", registry)
        }
    }

    @Test("an event about another template is refused, whoever it is wrapped for")
    func foreignTemplate() async throws {
        try await withCallbacks { registry in
            let push = try Push(Provider.suiteTicket("t", suite: "dkffffffffffffffff"))
            try await refuse(push, 403, "callback-wrong-receiver", registry)
        }
    }

    @Test(
        "what is no event is refused",
        arguments: ["", "<xml>", "nonsense", "<xml><InfoType>suite_ticket</InfoType></xml>", "<a><b></a>"]
    )
    func malformed(event: String) async throws {
        try await withCallbacks { registry in
            try await refuse(try Push(event), 400, "callback-malformed", registry)
            var push = try Push(Provider.suiteTicket("t"))
            push.body = event
            try await refuse(push, 400, "callback-malformed", registry)
        }
    }

    @Test(
        "a request without its query is refused with what is missing",
        arguments: ["msg_signature", "timestamp", "nonce"]
    )
    func incomplete(missing: String) async throws {
        try await withCallbacks { registry in
            let push = try Push(Provider.suiteTicket("t"))
            let uri = push.uri.replacing("\(missing)=", with: "x=")
            let answer = try await registry.send(.post, uri, text: push.body, key: nil)
            #expect(answer.status == 400)
            #expect(answer.fields == [missing])
        }
    }

    @Test("a body that is too large is refused")
    func tooLarge() async throws {
        try await withCallbacks { registry in
            var push = try Push(Provider.suiteTicket("t"))
            push.body += String(repeating: " ", count: 1_100_000)
            let answer = try await registry.push(push)
            #expect(answer.status == 413)
        }
    }

    @Test("an installation without token and key takes no callbacks")
    func notConfigured() async throws {
        try await withRegistry { registry in
            let answer = try await registry.push(try Push(Provider.suiteTicket("t")))
            #expect(answer.status == 404)
            #expect(answer.problem == "callbacks-not-configured")
        }
    }

    @Test("the newest suite ticket is kept, an older one does not come back")
    func tickets() async throws {
        try await withCallbacks { registry in
            let tickets = registry.components.authorization.tickets
            let suite = try SuiteID(Provider.template)
            for (ticket, age) in [("a", 300), ("b", 10), ("c", 200)] {
                let taken = try await registry.push(try Push(Provider.suiteTicket(ticket), age: age))
                #expect(taken.text == "success")
            }
            #expect(try await tickets.newest(of: suite)?.withValue { $0 } == "b")
            #expect(try await registry.count("suite_tickets") == 1)
        }
    }

    /// The query of WeCom's check of the URL.
    private func check(
        _ text: String,
        receiver: String,
        path: String = "/wecom/callback/command",
        age: Int = 0,
        token: String = Provider.token
    ) throws -> String {
        let crypto = try CallbackCrypto(token: token, encodingAESKey: Provider.key)
        let time = String(Int(Date.now.timeIntervalSince1970) - age)
        let parts = try crypto.encrypt(Array(text.utf8), receiver: receiver, nonce: "1", timestamp: time)
        let echo = parts.encrypted.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
        return "\(path)?msg_signature=\(parts.signature)&timestamp=\(time)&nonce=1&echostr=\(echo)"
    }

    @Test(
        "the check of the URL is answered with the plain text alone, whomever WeCom makes it out to",
        arguments: ["command", "data/ww1e933be11645237c"],
        [Provider.corpID, Provider.template, ""]
    )
    func verification(route: String, receiver: String) async throws {
        try await withCallbacks { registry in
            let path = "/wecom/callback/\(route)"
            for _ in 0..<4 {
                let text = String(UInt64.random(in: 0 ... .max))
                let uri = try check(text, receiver: receiver, path: path)
                let answer = try await registry.send(.get, uri, key: nil)
                #expect(answer.status == 200)
                #expect(answer.text == text)
            }
        }
    }

    @Test("a data callback's URL is checked for the enterprise of its path, and for no other")
    func dataVerification() async throws {
        try await withCallbacks { registry in
            let corp = "ww1e933be11645237c"
            let own = try check("1", receiver: corp, path: "/wecom/callback/data/WW1E933BE11645237C")
            #expect(try await registry.send(.get, own, key: nil).text == "1")
            let foreign = try check("1", receiver: corp, path: "/wecom/callback/data/ww2e933be11645237c")
            #expect(try await registry.send(.get, foreign, key: nil).problem == "callback-wrong-receiver")
        }
    }

    @Test("a check of the URL that is forged, old, or for somebody else is refused")
    func refusedVerification() async throws {
        try await withCallbacks { registry in
            for (uri, problem) in [
                (try check("1", receiver: Provider.corpID, token: "another"), "callback-forged"),
                (try check("1", receiver: "ww1e933be11645237c"), "callback-wrong-receiver"),
                (try check("<xml/>", receiver: Provider.corpID), "callback-wrong-receiver"),
                (try check("1", receiver: Provider.corpID, age: 700), "callback-stale"),
            ] {
                let answer = try await registry.send(.get, uri, key: nil)
                #expect(answer.status == 403)
                #expect(answer.problem == problem)
            }
        }
    }

    @Test("an event cannot be decrypted by sending it as a check of the URL")
    func noOracle() async throws {
        try await withCallbacks { registry in
            let crypto = try CallbackCrypto(token: Provider.token, encodingAESKey: Provider.key)
            let time = String(Int(Date.now.timeIntervalSince1970))
            let event = Array(Provider.createAuth("the-auth-code", state: "s").utf8)
            let parts = try crypto.encrypt(event, receiver: Provider.template, nonce: "1", timestamp: time)
            let echo = parts.encrypted.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing(
                "=",
                with: "%3D"
            )
            let uri =
                "/wecom/callback/command?msg_signature=\(parts.signature)&timestamp=\(time)&nonce=1&echostr=\(echo)"
            let answer = try await registry.send(.get, uri, key: nil)
            #expect(answer.status == 403)
            #expect(!answer.text.contains("the-auth-code"))
        }
    }

    private static let contact = """
        <xml><ToUserName>ww1e933be11645237c</ToUserName><FromUserName>sys</FromUserName><CreateTime>1</CreateTime>\
        <MsgType>event</MsgType><Event>change_contact</Event><ChangeType>update_user</ChangeType>\
        <UserID>zhangsan</UserID></xml>
        """

    @Test("an enterprise's events are taken when the enterprise is connected and the path is its own")
    func dataCallback() async throws {
        try await withCallbacks { registry in
            let corp = "ww1e933be11645237c"
            let push = { (receiver: String, path: String) in
                try Push(Self.contact, receiver: receiver, path: "/wecom/callback/data/\(path)")
            }
            try await refuse(try push(corp, corp), 403, "callback-wrong-receiver", registry)
            _ = try await registry.makeConnectedProvider(corpID: corp)
            try await refuse(try push(corp, "ww2e933be11645237c"), 403, "callback-wrong-receiver", registry)
            try await refuse(try push("ww2e933be11645237c", corp), 403, "callback-wrong-receiver", registry)
            try await refuse(
                try push("ww2e933be11645237c", "ww2e933be11645237c"),
                403,
                "callback-wrong-receiver",
                registry
            )
            let taken = try await registry.push(try push(corp, corp))
            #expect(taken.text == "success")
            try await registry.components.callbackQueue.drain()
            #expect(try await registry.count("runs") == 0)
        }
    }
}
