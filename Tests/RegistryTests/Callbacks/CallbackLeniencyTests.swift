import Foundation
import Messages
import PostgresTesting
import Runtime
import Testing
import WeCom

@testable import Registry

/// Callbacks that differ from the usual ones, and are WeCom's all the same.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct CallbackLeniencyTests {
    private func withCallbacks(_ test: @Sendable (TestRegistry) async throws -> Void) async throws {
        try await withRegistry({ Provider.configure(&$0) }, test)
    }

    @Test("a tag that a thousand people were given is one event")
    func largeEvent() async throws {
        try await withCallbacks { registry in
            let corp = "ww1e933be11645237c"
            _ = try await registry.makeConnectedProvider(corpID: corp)
            let people = (0..<1_000).map { "user-\($0)-" + String(repeating: "x", count: 55) }
            let event = """
                <xml><ToUserName>\(corp)</ToUserName><FromUserName>sys</FromUserName><CreateTime>1</CreateTime>\
                <MsgType>event</MsgType><Event>change_contact</Event><ChangeType>update_tag</ChangeType>\
                <TagId>1</TagId><AddUserItems><![CDATA[\(people.joined(separator: ","))]]></AddUserItems></xml>
                """
            let push = try Push(event, receiver: corp, path: "/wecom/callback/data/\(corp)")
            #expect(push.body.utf8.count > 80_000)
            let taken = try await registry.push(push)
            #expect(taken.text == "success")
        }
    }

    @Test("what leads to nothing is acknowledged though it is made out to the provider, and whatever else is refused")
    func toProvider() async throws {
        try await withCallbacks { registry in
            for type in ["license_pay_success", "open_order"] {
                let taken = try await registry.push(try Push(Provider.event(type, ""), receiver: Provider.corpID))
                #expect(taken.text == "success", "\(taken.text)")
                let foreign = try Push(Provider.event(type, ""), receiver: "ww1e933be11645237c")
                #expect(try await registry.push(foreign).problem == "callback-wrong-receiver")
            }
            let events = [
                Provider.suiteTicket("t"), Provider.createAuth("c", state: "s"), Provider.corpEvent("cancel_auth"),
            ]
            for event in events {
                let refused = try await registry.push(try Push(event, receiver: Provider.corpID))
                #expect(refused.status == 403)
                #expect(refused.problem == "callback-wrong-receiver")
            }
            #expect(try await registry.count("callbacks") == 2)
            #expect(try await registry.count("grants") == 0)
        }
    }

    /// The query of WeCom's check of the URL.
    private func check(_ text: String) throws -> String {
        let crypto = try CallbackCrypto(token: Provider.token, encodingAESKey: Provider.key)
        let time = String(Int(Date.now.timeIntervalSince1970))
        let parts = try crypto.encrypt(Array(text.utf8), receiver: Provider.corpID, nonce: "1", timestamp: time)
        let echo = parts.encrypted.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
        return
            "/wecom/callback/command?msg_signature=\(parts.signature)&timestamp=\(time)&nonce=1&echostr=\(echo)"
    }

    @Test(
        "the check of the URL is answered whatever it holds that no event can be",
        arguments: ["a", "a-b_c+d/e=f:g h", "0d1f7f7e-8a77-4c3e", String(repeating: "9", count: 512)]
    )
    func echo(text: String) async throws {
        try await withCallbacks { registry in
            let answer = try await registry.send(.get, try check(text), key: nil)
            #expect(answer.status == 200)
            #expect(answer.text == text)
        }
    }

    @Test(
        "the check of the URL is not answered where it may be an event, or no text",
        arguments: ["<", "a>b", #"{"AuthCode":"c"}"#, "}", "a\nb", "企业", "", String(repeating: "9", count: 513)]
    )
    func noEcho(text: String) async throws {
        try await withCallbacks { registry in
            let answer = try await registry.send(.get, try check(text), key: nil)
            #expect(answer.status == 403)
            #expect(answer.problem == "callback-wrong-receiver")
        }
    }
}
