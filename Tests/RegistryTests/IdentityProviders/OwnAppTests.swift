import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct OwnAppTests {
    private static let app: JSON = ["corpID": "ww1e933be11645237c", "agentID": 1_000_002, "secret": "own-secret"]

    @Test("credentials that WeCom takes connect the identity provider, sealed")
    func good() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider(["ownApp": Self.app])
            let seen = try await registry.send(.get, "idps/\(id)")
            #expect(
                seen["authorization"] == [
                    "state": "authorized", "kind": "ownApp", "corpID": "ww1e933be11645237c", "agentID": 1_000_002,
                ]
            )
            #expect(seen["schema"] == "wwauth1e933be11645237c000002")
            #expect(seen["nextRunAt"] != .null)
            #expect(!seen.text.contains("own-secret"))
            #expect(wecom.calls("gettoken").first?.query.contains("corpsecret=own-secret") == true)
            #expect(wecom.calls("agent/get").first?.query.contains("agentid=1000002") == true)
            #expect(try registry.secret(try await registry.configuration()) == "own-secret")
            #expect(try await registry.send(.get, "idps/\(id)/runs")["items"][0]["state"] == "requested")
        }
    }

    @Test("credentials can be given later")
    func later() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider()
            #expect(try await registry.patch(id, ["ownApp": Self.app])["authorization"]["state"] == "authorized")
            let changes = try await registry.send(.get, "idps/\(id)/revisions")["items"][0]["changes"]
            #expect(changes["authorization"]["to"]["agentID"] == 1_000_002)
        }
    }

    @Test(
        "credentials that WeCom refuses are refused with its code and what to do, and nothing is stored",
        arguments: [
            ("gettoken", 40_001), ("gettoken", 40_013), ("gettoken", 60_020), ("agent/get", 301_002),
            ("agent/get", 40_056),
        ]
    )
    func refused(path: String, code: Int64) async throws {
        try await withProvider { registry, wecom in
            let tenant = try await registry.makeTenant()
            wecom.answer(path, ["errcode": .integer(code), "errmsg": "no, hint: [1_2_3], from ip: 9.9.9.9"])
            let body: JSON = ["name": "test_123", "description": "x", "ownApp": Self.app]
            let answer = try await registry.send(.post, "tenants/\(tenant)/idps", body)
            #expect(answer.status == 422)
            #expect(answer.problem == "wecom-refused")
            #expect(answer["wecomCode"] == .integer(code))
            #expect(answer["fix"].string?.isEmpty == false)
            #expect(!answer.text.contains("own-secret"))
            #expect(try await registry.count("identity_providers") == 0)
        }
    }

    @Test("an app that the enterprise has disabled is refused")
    func disabledApp() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            wecom.answer("agent/get", ["errcode": 0, "agentid": 1_000_002, "close": 1])
            let body: JSON = ["ownApp": Self.app]
            let answer = try await registry.send(.patch, "idps/\(id)", body, headers: ["If-Match": "*"])
            #expect(answer.status == 422)
            #expect(answer.problem == "wecom-app-disabled")
            #expect(try await registry.count("revisions") == 1)
        }
    }

    @Test("a WeCom that cannot be reached says nothing about the credentials")
    func unreachable() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let body: JSON = ["ownApp": Self.app]
            let answer = try await registry.send(.patch, "idps/\(id)", body, headers: ["If-Match": "*"])
            #expect(answer.status == 503)
            #expect(answer.problem == "wecom-unavailable")
            #expect(answer["fix"].string?.contains("Nothing was changed") == true)
        }
    }

    @Test("a stale change does not bother WeCom")
    func stale() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            let body: JSON = ["ownApp": Self.app]
            #expect(try await registry.send(.patch, "idps/\(id)", body, headers: ["If-Match": "\"9\""]).status == 412)
            #expect(wecom.calls("gettoken").isEmpty)
        }
    }
}
