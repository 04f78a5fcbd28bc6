import BackgroundWork
import Foundation
import HTTPTypes
import Messages
import Postgres
import PostgresTesting
import Runtime
import Sealing
import Testing
import WeCom

@testable import Registry

/// Webhooks: who may set them to where, and what arrives there.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct WebhookTests {
    @Test("a notification arrives signed, as a CloudEvent, with what there is to know and nothing more")
    func arrives() async throws {
        try await withReceiver { registry, receiver, url in
            let id = try await registry.makeConnectedProvider()
            let hook = try await registry.makeWebhook(url, of: id)
            let run = try await registry.startRun(id)
            try await registry.finish(run, .failed)
            try await registry.components.notificationQueue.drain()
            let arrival = try #require(receiver.arrivals.first)
            #expect(receiver.arrivals.count == 1)
            #expect(arrival.contentType.hasPrefix("application/cloudevents+json"))
            #expect(arrival.isSigned(by: try #require(hook["secret"].string)))
            #expect(!arrival.isSigned(by: "whsec_" + Data(repeating: 1, count: 32).base64EncodedString()))
            let age = Int64(Date.now.timeIntervalSince1970) - (try #require(Int64(arrival.timestamp)))
            #expect((0...60).contains(age))
            let event = arrival.event
            #expect(event["specversion"] == "1.0")
            #expect(event["id"].string == arrival.id)
            #expect(event["type"] == "wecombridge.run-failed.v1")
            #expect(event["source"].string == "https://registry.test/api/v1/idps/\(id)")
            #expect(event["subject"].string == id.description)
            #expect(event["time"].string.flatMap { Timestamp($0) } != nil)
            #expect(event["data"]["state"] == "raised")
            #expect(event["data"]["run"] == run["id"])
            #expect(event["data"]["fix"].string?.isEmpty == false)
        }
    }

    @Test(
        "a webhook that is asked for again with the same Idempotency-Key is the same one, with the secret that it has"
    )
    func repeated() async throws {
        try await withReceiver { registry, receiver, url in
            let id = try await registry.makeConnectedProvider()
            let path = "tenants/\(try await registry.tenant(of: id))/webhooks"
            let headers = ["Idempotency-Key": "one"]
            let first = try await registry.send(.post, path, ["url": .string(url)], headers: headers)
            let second = try await registry.send(.post, path, ["url": .string(url)], headers: headers)
            #expect(first.status == 201 && second.status == 200)
            #expect(first["id"].string == second["id"].string && first["id"].string != nil)
            #expect(first["secret"].string != nil)
            #expect(first["secret"].string == second["secret"].string)
            #expect(try await registry.send(.get, path)["items"].array.count == 1)
            let other: JSON = ["url": .string(url), "description": "another"]
            let third = try await registry.send(.post, path, other, headers: headers)
            #expect(third.problem == "idempotency-key-reused")
        }
    }

    @Test("the known vector of Standard Webhooks is signed as its libraries do")
    func vector() throws {
        let signature = WebhookSignature(
            Array(#"{"test": 2432232314}"#.utf8),
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            second: 1_614_265_330,
            secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"].map { Secret($0) }
        )
        let value = signature.headers.first { $0.name == "webhook-signature" }?.value
        #expect(value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("what is not taken is sent again with the same id and the same bytes, until it is")
    func again() async throws {
        try await withReceiver { registry, receiver, url in
            let id = try await registry.makeConnectedProvider()
            try await registry.makeWebhook(url, of: id)
            receiver.answer(.internalServerError, .found, .tooManyRequests)
            try await registry.raise(.authorizationLost, of: id)
            for _ in 1...4 { try await registry.deliverAgain() }
            let arrivals = receiver.arrivals
            #expect(arrivals.count == 4)
            #expect(Set(arrivals.map(\.id)).count == 1)
            #expect(Set(arrivals.map(\.body)).count == 1)
            let shown = try await registry.deliveries(of: id)
            #expect(shown.map { $0["state"] } == ["delivered"])
            #expect(shown[0]["status"] == 204)
            #expect(shown[0]["attempts"] == 4)
        }
    }

    @Test("a delivery that waits says what happened, and one that is a day old is given up, and can be tried by hand")
    func givenUp() async throws {
        try await withReceiver { registry, receiver, url in
            let id = try await registry.makeConnectedProvider()
            try await registry.makeWebhook(url, of: id)
            receiver.answer(.badGateway, .badGateway)
            try await registry.raise(.authorizationLost, of: id)
            try await registry.deliverAgain()
            var shown = try await registry.deliveries(of: id)[0]
            #expect(shown["state"] == "waiting")
            #expect(shown["error"] == "The receiver answered 502.")
            #expect(shown["status"] == 502)
            try await registry.database.run("update registry.deliveries set created_at = now() - interval '25 hours'")
            try await registry.deliverAgain()
            shown = try await registry.deliveries(of: id)[0]
            #expect(shown["state"] == "failed")
            let tenant = try await registry.tenant(of: id)
            let path = "tenants/\(tenant)/deliveries/\(shown["id"].string ?? "")/retry"
            #expect(try await registry.send(.post, path).status == 202)
            #expect(try await registry.send(.post, path).problem == "delivery-not-failed")
            try await registry.deliverAgain()
            #expect(try await registry.deliveries(of: id)[0]["state"] == "delivered")
        }
    }

    @Test("a receiver that fails is left alone for a while, so that it keeps no other waiting")
    func resting() async throws {
        try await withReceiver { registry, receiver, url in
            let first = try await registry.makeConnectedProvider()
            let tenant = try await registry.tenant(of: first).description
            let second = try await registry.makeConnectedProvider(in: tenant)
            try await registry.makeWebhook(url, of: first)
            receiver.answer(.badGateway)
            for id in [first, second] { try await registry.raise(.authorizationLost, of: id) }
            try await registry.components.notificationQueue.drain()
            #expect(receiver.arrivals.count == 1)
            let hook = try await registry.send(.get, "tenants/\(tenant)/webhooks")["items"][0]
            #expect(hook["failuresInARow"] == 1)
            #expect(hook["restingUntil"] != .null)
            try await registry.deliverAgain()
            #expect(receiver.arrivals.count == 3)
        }
    }

    @Test("a new secret signs beside the former one for as long as was asked for, then alone")
    func rotation() async throws {
        try await withReceiver { registry, receiver, url in
            let id = try await registry.makeConnectedProvider()
            let hook = try await registry.makeWebhook(url, of: id)
            let path = "tenants/\(hook["tenantID"].string ?? "")/webhooks/\(hook["id"].string ?? "")"
            let rotated = try await registry.send(
                .post,
                path + "/rotate-secret",
                ["overlapHours": 2],
                headers: ["If-Match": "\"1\""]
            )
            let (old, new) = (try #require(hook["secret"].string), try #require(rotated["secret"].string))
            #expect(old != new)
            #expect(try await registry.send(.get, path)["secret"] == .null)
            for _ in 1...2 {
                #expect(try await registry.send(.post, path + "/ping").status == 202)
                try await registry.deliverAgain()
                try await registry.database.run("update registry.webhooks set former_until = now()")
            }
            let arrivals = receiver.arrivals
            #expect(arrivals.map { $0.isSigned(by: new) } == [true, true])
            #expect(arrivals.map { $0.isSigned(by: old) } == [true, false])
            #expect(arrivals[0].event["type"] == "wecombridge.ping.v1")
        }
    }

    @Test("a webhook hears what it chose, an ended one nothing, and another tenant's nothing of it")
    func choice() async throws {
        try await withReceiver { registry, receiver, url in
            let id = try await registry.makeConnectedProvider()
            try await registry.makeWebhook(url, of: id, ["kinds": ["range-narrowed"]])
            try await registry.makeWebhook(url, of: id, ["enabled": false])
            try await registry.makeWebhook(url, of: try await registry.makeConnectedProvider())
            try await registry.raise(.authorizationLost, of: id)
            try await registry.raise(.rangeNarrowed(entries: 1), of: id)
            try await registry.components.notificationQueue.drain()
            #expect(receiver.arrivals.map { $0.event["type"] } == ["wecombridge.range-narrowed.v1"])
        }
    }

    @Test("one ping at a time")
    func ping() async throws {
        try await withReceiver { registry, receiver, url in
            let id = try await registry.makeConnectedProvider()
            let hook = try await registry.makeWebhook(url, of: id)
            let path = "tenants/\(hook["tenantID"].string ?? "")/webhooks/\(hook["id"].string ?? "")/ping"
            #expect(try await registry.send(.post, path).status == 202)
            #expect(try await registry.send(.post, path).problem == "ping-on-its-way")
            try await registry.deliverAgain()
            #expect(try await registry.send(.post, path).status == 202)
        }
    }

    @Test(
        "a URL that is not for everybody's eyes, or leads where only we can go, is refused",
        arguments: [
            "http://hooks.example.com/", "ftp://hooks.example.com/", "https:///x", "hooks", "https://u:p@example.com/",
            "https://example.com/#x", "https://127.0.0.1/", "https://10.1.2.3:8443/", "https://[::1]/",
            "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest",
            "https://EXAMPLE.com/",
            "https://例子.com/",
        ]
    )
    func refused(url: String) async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let answer = try await registry.send(.post, "tenants/\(tenant)/webhooks", ["url": .string(url)])
            #expect(answer.status == 400)
            #expect(answer.fields == ["url"])
        }
    }

    @Test("a name that leads into our own network is not called, whatever it led to before")
    func innerName() async throws {
        try await HookReceiver.run { receiver, url in
            try await withRegistry({ $0.webhooks.allowsHTTP = true }) { registry in
                let id = try await registry.makeConnectedProvider()
                try await registry.makeWebhook(url.replacing("127.0.0.1", with: "localhost"), of: id)
                try await registry.raise(.authorizationLost, of: id)
                try await registry.deliverAgain()
                #expect(receiver.arrivals.isEmpty)
                let error = try await registry.deliveries(of: id)[0]["error"].string
                #expect(error == DeliveryFailure.innerAddress.description)
            }
        }
    }

    @Test("addresses are judged by where they lead")
    func addresses() throws {
        let policy = WebhookPolicy()
        let inner = [
            "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.0.1", "172.31.255.255", "192.168.0.1",
            "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1",
            "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::",
        ]
        for text in inner { #expect(!policy.isAllowed(try #require(IPAddress(text), "\(text)")), "\(text)") }
        for text in ["1.1.1.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101", "2400:3200::1"] {
            #expect(policy.isAllowed(try #require(IPAddress(text), "\(text)")), "\(text)")
        }
    }

    @Test("changes say what they change, are audited, and nobody sees another tenant's")
    func changes() async throws {
        try await withRegistry { registry in
            let (tenant, other) = (try await registry.makeTenant(), try await registry.makeTenant("Other"))
            let url: JSON = "https://hooks.example.com/x"
            let made = try await registry.send(.post, "tenants/\(tenant)/webhooks", ["url": url])
            #expect(made.status == 201)
            #expect(made.header("ETag") == "\"1\"")
            let id = try #require(made["id"].string)
            let path = "tenants/\(tenant)/webhooks/\(id)"
            #expect(made.header("Location") == "/api/v1/\(path)")
            #expect(try await registry.send(.patch, path, ["enabled": false]).status == 428)
            let changed = try await registry.send(.patch, path, ["enabled": false], headers: ["If-Match": "\"1\""])
            #expect(changed["enabled"] == false)
            #expect(
                try await registry.send(.delete, path, headers: ["If-Match": "\"1\""]).problem == "version-changed"
            )
            let stranger = try await registry.makeKey("owner", for: other)
            #expect(try await registry.send(.get, path, key: stranger).status == 404)
            #expect(try await registry.send(.get, "tenants/\(other)/webhooks/\(id)").status == 404)
            #expect(try await registry.send(.delete, path, headers: ["If-Match": "\"2\""]).status == 204)
            let actions = try await registry.send(.get, "audit?object=\(id)")["items"].array.map { $0["action"].string }
            #expect(actions == ["webhook.deleted", "webhook.changed", "webhook.created"])
            for _ in 1...10 { _ = try await registry.send(.post, "tenants/\(tenant)/webhooks", ["url": url]) }
            let answer = try await registry.send(.post, "tenants/\(tenant)/webhooks", ["url": url])
            #expect(answer.problem == "too-many-webhooks")
        }
    }

    @Test("no secret is stored as it is")
    func sealed() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let made = try await registry.send(
                .post,
                "tenants/\(tenant)/webhooks",
                ["url": "https://hooks.example.com/x"]
            )
            let secret = try #require(made["secret"].string)
            let stored = try await registry.database.run("select to_jsonb(w)::text from registry.webhooks w")
            #expect(try !stored.decode(String.self).joined().contains(secret))
        }
    }

    @Test("what was told is kept for 30 days")
    func retention() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.makeWebhook("https://hooks.example.com/x", of: id)
            try await registry.raise(.authorizationLost, of: id)
            try await registry.database.run("update registry.notifications set at = now() - interval '29 days'")
            try await registry.tidy()
            #expect(try await registry.count("deliveries") == 1)
            try await registry.database.run("update registry.notifications set at = now() - interval '31 days'")
            try await registry.tidy()
            #expect(try await registry.count("deliveries") == 0)
            #expect(try await registry.count("notifications") == 0)
        }
    }
}

/// WeCom messages from the app to administrators.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct AppMessageTests {
    @Test("switched on, what is found is sent as a message to those who were chosen, in the app's name")
    func sent() async throws {
        try await withProvider { registry, wecom in
            wecom.answer("message/send", ["errcode": 0, "msgid": "1"])
            let id = try await registry.makeConnectedProvider()
            let off = try await registry.send(.get, "idps/\(id)/notifications")
            #expect(off["enabled"] == false)
            try await registry.raise(.rangeNarrowed(entries: 2), of: id)
            let settings: JSON = ["enabled": true, "recipients": ["zhangsan", "lisi", "lisi"]]
            let etag = ["If-Match": try #require(off.header("ETag"))]
            #expect(try await registry.send(.patch, "idps/\(id)/notifications", settings, headers: etag).status == 200)
            #expect(try await registry.send(.patch, "idps/\(id)/notifications", settings, headers: etag).status == 412)
            try await registry.finish(try await registry.startRun(id), .failed)
            try await registry.components.notificationQueue.drain()
            let calls = wecom.calls("message/send")
            #expect(calls.count == 1)
            #expect(calls[0].body["touser"] == "zhangsan|lisi")
            #expect(calls[0].body["agentid"] == 1_000_012)
            #expect(calls[0].body["enable_duplicate_check"] == 1)
            #expect(calls[0].body["text"]["content"].string?.contains("同步失败。") == true)
            #expect(calls[0].body["text"]["content"].string?.contains("test_123") == true)
        }
    }

    @Test("a WeCom that is busy is asked again; one that knows none of them is not, and the delivery says why")
    func failing() async throws {
        try await withProvider { registry, wecom in
            wecom.answer("message/send", ["errcode": -1], ["errcode": 0], ["errcode": 81_013, "errmsg": "all invalid"])
            let id = try await registry.makeConnectedProvider()
            let settings: JSON = ["enabled": true, "recipients": ["zhangsan"]]
            _ = try await registry.send(.patch, "idps/\(id)/notifications", settings, headers: ["If-Match": "*"])
            try await registry.raise(.authorizationLost, of: id)
            for _ in 1...3 { try await registry.deliverAgain() }
            #expect(wecom.calls("message/send").count == 2)
            #expect(wecom.calls("message/send").allSatisfy { $0.body == wecom.calls("message/send")[0].body })
            try await registry.raise(.rangeNarrowed(entries: 1), of: id)
            for _ in 1...3 { try await registry.deliverAgain() }
            #expect(wecom.calls("message/send").count == 3)
            let shown = try await registry.deliveries(of: id)
            #expect(shown.map { $0["state"] } == ["failed", "delivered"])
            #expect(shown[0]["via"] == "message")
            #expect(shown[0]["error"].string?.isEmpty == false)
        }
    }

    @Test("messages to nobody are refused, and people's ids are told to no webhook and stand in no audit")
    func nobody() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let any = ["If-Match": "*"]
            let empty = try await registry.send(.patch, "idps/\(id)/notifications", ["enabled": true], headers: any)
            #expect(empty.fields == ["recipients"])
            let settings: JSON = ["enabled": true, "recipients": ["zhangsan"]]
            _ = try await registry.send(.patch, "idps/\(id)/notifications", settings, headers: any)
            try await registry.raise(.authorizationLost, of: id)
            #expect(try await !registry.facts(id).text.contains("zhangsan"))
            #expect(try await !registry.send(.get, "audit").text.contains("zhangsan"))
        }
    }
}

/// Runs a test against a registry that sends to local receivers, and such a receiver.
func withReceiver(
    _ test: @escaping @Sendable (TestRegistry, HookReceiver, String) async throws -> Void
) async throws {
    try await HookReceiver.run { receiver, url in
        try await withRegistry({ $0.webhooks = WebhookPolicy(allowsHTTP: true, allowsPrivateAddresses: true) }) {
            try await test($0, receiver, url)
        }
    }
}

extension TestRegistry {
    /// Makes a webhook of an identity provider's tenant; returns it with its secret.
    @discardableResult
    func makeWebhook(
        _ url: String,
        of id: IdentityProviderID,
        _ fields: [String: JSON] = [:]
    ) async throws -> JSON {
        let body = JSON.object(fields.merging(["url": .string(url)]) { $1 })
        let answer = try await send(.post, "tenants/\(try await tenant(of: id))/webhooks", body)
        try #require(answer.status == 201, "\(answer.text)")
        return answer.json
    }

    /// The deliveries of an identity provider's tenant, newest first.
    func deliveries(of id: IdentityProviderID) async throws -> [JSON] {
        try await send(.get, "tenants/\(try await tenant(of: id))/deliveries")["items"].array
    }

    /// Sends at once what waits, whatever failed a moment ago.
    func deliverAgain() async throws {
        try await database.run("update registry.deliveries set not_before = now()")
        try await database.run("update registry.webhooks set resting_until = null")
        try await components.notificationQueue.drain()
    }
}
