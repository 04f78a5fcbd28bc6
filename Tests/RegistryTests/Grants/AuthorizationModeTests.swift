import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Who authorized, as WeCom tells it of an app.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct AuthorizationModeTests {
    @Test("an authorization that looks like WeCom's own example connects, whatever its mode says")
    func documentedExample() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            let range: JSON = [
                "level": 1, "allow_party": [1, 2, 3], "allow_user": ["zhansan", "lisi"], "allow_tag": [1, 2, 3],
            ]
            let agent: JSON = [
                "agentid": 1_000_012, "name": "NAME", "auth_mode": 1, "is_customized_app": false, "privilege": range,
            ]
            let corp: JSON = ["corpid": "ww1e933be11645237c", "corp_name": "name"]
            wecom.answer(
                "service/v2/get_auth_info",
                ["errcode": 0, "errmsg": "ok", "auth_corp_info": corp, "auth_info": ["agent": [agent]]]
            )
            try await registry.push(Provider.createAuth("c", state: state))
            let seen = try await registry.send(.get, "idps/\(id)/authorization")
            #expect(seen["state"] == "authorized")
            #expect(seen["grants"].array.map { $0["state"] } == ["complete"])
            #expect(seen["enterprise"]["visibleRange"]["departments"] == [1, 2, 3])
        }
    }
}
