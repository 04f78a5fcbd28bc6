import Sealing
import Testing

@testable import WeCom

@Suite("Callback events", .timeLimit(.minutes(5)))
struct CallbackEventTests {
    private func event(_ xml: String) throws -> CallbackEvent { try CallbackEvent(message: Array(xml.utf8)) }

    @Test("the outer packet gives receiver, app and what to decrypt")
    func packet() throws {
        let xml = """
            <xml>
              <ToUserName><![CDATA[ww1]]></ToUserName><AgentID> <![CDATA[218]]> </AgentID>
              <Encrypt><![CDATA[a+/b==]]></Encrypt></xml>
            """
        let packet = try CallbackPacket(body: Array(xml.utf8))
        #expect(packet.receiver == "ww1")
        #expect(packet.agentID == "218")
        #expect(packet.encrypted == "a+/b==")
        #expect(throws: CallbackError.missingElement("Encrypt")) { try CallbackPacket(body: Array("<xml/>".utf8)) }
    }

    @Test("where JSON is chosen, the packet and the event have the same names in JSON")
    func json() throws {
        let packet = try CallbackPacket(body: Array(#" {"tousername":"ww1","encrypt":"a+/b==","agentid":218}"#.utf8))
        #expect(packet.receiver == "ww1")
        #expect(packet.agentID == "218")
        #expect(packet.encrypted == "a+/b==")
        let own = """
            {"ToUserName":"wpAAA","FromUserName":"sys","CreateTime":1,"Event":"change_contact",
             "ChangeType":"delete_user","UserID":"a","ExtAttr":{"Item":[{"Name":"x"}]}}
            """
        let corp = try CorpID("wpAAA")
        let gone = ContactChange(corp: corp, subject: .user(id: "a", newID: nil), kind: .deleted)
        #expect(try event(own) == .changeContact(gone))
        let suite =
            #"{"SuiteId":"ww1","AuthCorpId":"wpAAA","InfoType":"change_contact","ChangeType":"create_party","Id":7}"#
        let made = ContactChange(corp: corp, subject: .department(id: 7), kind: .created)
        #expect(try event(suite) == .changeContact(made))
        let ticket = #"{"SuiteId":"ww4asffe99e54c0f4c","InfoType":"suite_ticket","SuiteTicket":"asdf"}"#
        #expect(try event(ticket) == .suiteTicket(suite: SuiteID("ww4asffe99e54c0f4c"), ticket: Secret("asdf")))
    }

    @Test(
        "JSON that is not whole, or lacks something, is refused",
        arguments: ["{", "{}}", #"{"a":1"#, "[{}]", "{\"a\""]
    )
    func badJSON(text: String) {
        #expect(throws: CallbackError.self) { try CallbackEvent(message: Array(text.utf8)) }
        #expect(throws: CallbackError.missingElement("Encrypt")) { try CallbackPacket(body: Array("{}".utf8)) }
        #expect(throws: CallbackError.badJSON) { try CallbackPacket(body: Array("{\"a\"".utf8)) }
    }

    @Test("JSON that is nested as deep as it is long is refused, and nothing else happens")
    func deepJSON() {
        let deep = Array(String(repeating: #"{"a":"#, count: 20_000).utf8)
        #expect(throws: CallbackError.badJSON) { try CallbackEvent(message: deep) }
    }

    @Test("a passive reply reads as a packet")
    func reply() throws {
        let sent = try CallbackVector.check.crypto().encrypt([1], receiver: "r", nonce: "n", timestamp: "5")
        let packet = try CallbackPacket(body: Array(sent.replyXML.utf8))
        #expect(packet.encrypted == sent.encrypted)
    }

    @Test("a suite ticket, with white space around CDATA as in WeCom's own sample")
    func suiteTicket() throws {
        let xml = """
            <xml><SuiteId><![CDATA[ww4asffe99e54c0f4c]]></SuiteId><InfoType> <![CDATA[suite_ticket]]></InfoType>
            <TimeStamp>1403610513</TimeStamp><SuiteTicket><![CDATA[asdf]]></SuiteTicket></xml>
            """
        let suite = try SuiteID("ww4asffe99e54c0f4c")
        #expect(try event(xml) == .suiteTicket(suite: suite, ticket: Secret("asdf")))
        let shown = try "\(event(xml))"
        #expect(!shown.contains("\"asdf"))
    }

    @Test("an authorization carries code and state, and no enterprise")
    func createAuth() throws {
        let suite = try SuiteID("dk4asffe9xxx4c0f4c")
        let expected = CallbackEvent.createAuth(suite: suite, authCode: Secret("AUTHCODE"), state: "123")
        #expect(try event(CallbackVector.createAuth.message) == expected)
    }

    @Test("changed, withdrawn and reset authorizations")
    func otherAuthorizations() throws {
        let suite = try SuiteID("dk1x")
        let corp = try CorpID("wpAAA")
        let head = "<xml><SuiteId>dk1x</SuiteId><AuthCorpId>wpAAA</AuthCorpId><AuthCode>c</AuthCode><InfoType>"
        #expect(try event(head + "change_auth</InfoType></xml>") == .changeAuth(suite: suite, corp: corp, state: nil))
        #expect(try event(head + "cancel_auth</InfoType></xml>") == .cancelAuth(suite: suite, corp: corp))
        #expect(
            try event(head + "reset_permanent_code</InfoType></xml>")
                == .resetPermanentCode(suite: suite, authCode: Secret("c"))
        )
        #expect(try event(head + "license_refund</InfoType></xml>") == .other(type: "license_refund"))
    }

    @Test("changes of the directory, from an enterprise and from a suite")
    func contacts() throws {
        let corp = try CorpID("wpAAA")
        let own = "<xml><ToUserName>wpAAA</ToUserName><FromUserName>sys</FromUserName><Event>change_contact</Event>"
        let suite = "<xml><SuiteId>ww1</SuiteId><AuthCorpId>wpAAA</AuthCorpId><InfoType>change_contact</InfoType>"
        let table: [(String, ContactChange.Subject, ContactChange.Kind)] = [
            ("<ChangeType>create_user</ChangeType><UserID>a</UserID>", .user(id: "a", newID: nil), .created),
            (
                "<ChangeType>update_user</ChangeType><UserID>a</UserID><NewUserID>b</NewUserID>",
                .user(id: "a", newID: "b"), .updated
            ),
            ("<ChangeType>delete_user</ChangeType><UserID>a</UserID>", .user(id: "a", newID: nil), .deleted),
            ("<ChangeType>create_party</ChangeType><Id>7</Id>", .department(id: 7), .created),
            ("<ChangeType>delete_party</ChangeType><Id>7</Id>", .department(id: 7), .deleted),
            ("<ChangeType>update_tag</ChangeType><TagId>3</TagId>", .tag(id: 3), .updated),
        ]
        for (xml, subject, kind) in table {
            let expected = CallbackEvent.changeContact(ContactChange(corp: corp, subject: subject, kind: kind))
            #expect(try event(own + xml + "</xml>") == expected)
            #expect(try event(suite + xml + "</xml>") == expected)
        }
        #expect(try event(own + "<ChangeType>x</ChangeType></xml>") == .other(type: "change_contact/x"))
    }

    @Test("entering and leaving the visible range is a change of one person")
    func visibility() throws {
        let xml = "<xml><ToUserName>wpAAA</ToUserName><FromUserName>a</FromUserName><Event>unsubscribe</Event></xml>"
        let change = try ContactChange(corp: CorpID("wpAAA"), subject: .visibility(userID: "a"), kind: .deleted)
        #expect(try event(xml) == .changeContact(change))
    }

    @Test("a known event that lacks something says what")
    func lacking() {
        #expect(throws: CallbackError.missingElement("SuiteTicket")) {
            try event("<xml><SuiteId>ww1</SuiteId><InfoType>suite_ticket</InfoType></xml>")
        }
        #expect(throws: CallbackError.missingElement("AuthCode")) {
            try event("<xml><SuiteId>ww1</SuiteId><InfoType>create_auth</InfoType><AuthCode/></xml>")
        }
    }

    @Test("text, CDATA, references, comments and attributes are read")
    func text() throws {
        let xml = """
            \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
            <!-- a --><xml a="1>" b='2'><A> x &amp; y&#33;&#x4E2D; </A><B><![CDATA[ <&> ]]></B><C/><D><![CDATA[a]]]]><![CDATA[>b]]></D></xml>
            """
        let root = try XMLElement(parsing: Array(xml.utf8))
        #expect(root.text("A") == "x & y!中")
        #expect(root.text("B") == " <&> ")
        #expect(root.text("C") == nil)
        #expect(root.text("D") == "a]]>b")
        #expect(root.text("E") == nil)
    }

    @Test(
        "whatever no callback needs is refused",
        arguments: [
            "", "x", "<xml>", "<xml></xlm>", "<xml></xml><xml></xml>", "<xml></xml>x", "<xml>&e;</xml>",
            "<xml>&#xD800;</xml>",
            "<!DOCTYPE xml [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml>&e;</xml>", "<xml><?php ?></xml>",
            "<xml><![CDATA[x]]</xml>", "<xml", "<xml a></xml>", "<xml>&", "<xml>&amp", "<>", "< xml></xml>",
            String(repeating: "<a>", count: 17) + String(repeating: "</a>", count: 17),
        ]
    )
    func refused(xml: String) {
        #expect(throws: CallbackError.badXML) { try XMLElement(parsing: Array(xml.utf8)) }
    }

    @Test("too much XML is refused before it is read")
    func tooLarge() {
        let xml = Array("<xml>".utf8) + [UInt8](repeating: 0x61, count: XMLElement.maximumBytes) + Array("</xml>".utf8)
        #expect(throws: CallbackError.badXML) { try XMLElement(parsing: xml) }
    }

    @Test("any single damaged byte gives an event or an error, never a crash")
    func damaged() {
        let xml = Array(CallbackVector.createAuth.message.utf8)
        for index in xml.indices {
            for byte in [UInt8(0), 0x3C, 0x26, 0x5D, 0xFF] {
                var changed = xml
                changed[index] = byte
                _ = try? CallbackEvent(message: changed)
                _ = try? CallbackEvent(message: Array(xml[..<index]))
            }
        }
    }
}
