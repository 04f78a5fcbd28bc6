import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct AuthorizationTests {
    @Test("an administrator's confirmation leads to a permanent code, a token and the corp's people")
    func wholeWay() async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp()
            let code = try await provider.authorize(corp, state: "state1")
            let body: JSON = ["auth_corpid": .string(corp.id), "permanent_code": .string(code)]
            let info = try await provider.suite("v2/get_auth_info", body)
            let agent = try #require(info["auth_info"]?["agent"]?.elements?.first)
            #expect(agent["is_customized_app"]?.bool == true)
            #expect(agent["agentid"]?.integer == 1_000_003)
            #expect(info["auth_corp_info"]?["corp_wxqrcode"] == nil)
            #expect(try await provider.suite("get_auth_info", body)["auth_corp_info"]?["corp_wxqrcode"] != nil)
            let token = ["access_token": try await corp.token(secret: code)]
            let list = try await provider.wecom.api("user/list", token.merging(["department_id": "1"]) { $1 })
            #expect(list.errorCode == 0)
            let described = try await provider.wecom.api("agent/get", token.merging(["agentid": "1000003"]) { $1 })
            #expect(described["customized_publish_status"]?.integer == 2)
        }
    }

    @Test("the push names code and state, and no corp")
    func push() async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp()
            _ = try await provider.authorize(corp, state: "abc123")
            let message = try await provider.receiver.message(with: "create_auth")
            #expect(element("State", of: message) == "abc123")
            #expect(element("SuiteId", of: message) == TestProvider.templateID)
            #expect(element("AuthCorpId", of: message) == nil)
        }
    }

    @Test("an auth code is good once, and for ten minutes")
    func authCode() async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp()
            _ = try await provider.authorize(corp)
            let message = try await provider.receiver.message(with: "create_auth")
            let code = JSON.string(try #require(element("AuthCode", of: message)))
            #expect(try await provider.suite("v2/get_permanent_code", ["auth_code": code]).errorCode == 40078)
            #expect(try await provider.suite("v2/get_permanent_code", [:]).errorCode == 41008)
            let late = provider.wecom.simulator.authorizations.authCodes.issue(
                .init(corpID: corp.id, agentID: 1, templateID: TestProvider.templateID, state: ""),
                length: 128,
                lifetime: 600
            )
            try await provider.wecom.control(.post, "clock", ["advanceSeconds": 601])
            #expect(try await provider.suite("get_permanent_code", ["auth_code": .string(late)]).errorCode == 40078)
        }
    }

    @Test("the old permanent-code call also tells the application")
    func oldCall() async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp()
            let page = try await provider.authorizationPage(state: "s")
            let account = corp.administrator
            let fields = ["corpid": corp.id, "account": account.name, "password": account.password]
            _ = try await provider.wecom.submit(page, fields)
            let message = try await provider.receiver.message(with: "create_auth")
            let code = JSON.string(try #require(element("AuthCode", of: message)))
            let answer = try await provider.suite("get_permanent_code", ["auth_code": code])
            #expect(answer.errorCode == nil)
            #expect(answer["access_token"] == nil)
            #expect(answer["auth_info"]?["agent"]?.elements?.count == 1)
            #expect(answer["auth_corp_info"]?["corpid"]?.text == corp.id)
        }
    }

    @Test("a wrong password, a wrong corp and a page that is not there are refused")
    func refusedPage() async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp()
            let page = try await provider.authorizationPage(state: "s")
            let shown = try await provider.wecom.send(.get, page)
            #expect(String(buffer: shown.body).contains("<form"))
            let account = corp.administrator
            let cases = [
                ["corpid": corp.id, "account": account.name, "password": "x"],
                ["corpid": "ww0", "account": account.name, "password": account.password],
            ]
            for fields in cases { #expect(try await provider.wecom.submit(page, fields).status == .forbidden) }
            #expect(try await provider.wecom.send(.get, "/customized-auth/none").status == .notFound)
            #expect(provider.receiver.received.allSatisfy { !$0.contains("create_auth") })
        }
    }

    @Test("a link asks for a short plain state and for templates that the provider has")
    func badLinks() async throws {
        try await withProvider { provider in
            let query = ["provider_access_token": try await provider.providerToken()]
            let id = JSON.string(TestProvider.templateID)
            let cases: [(JSON, Int)] = [
                (["state": "a-b", "templateid_list": [id]], 84025),
                (["state": .string(String(repeating: "a", count: 33)), "templateid_list": [id]], 84025),
                (["state": "a", "templateid_list": []], 40058),
                (["state": "a", "templateid_list": ["dk0"]], 40083),
            ]
            for (body, code) in cases {
                let answer = try await provider.wecom.api("service/get_customized_auth_url", query, body)
                #expect(answer.errorCode == code)
            }
        }
    }

    @Test("after a cancellation the permanent code and its tokens are no longer good, and the provider is told")
    func cancel() async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp()
            let code = try await provider.authorize(corp)
            let token = try await corp.token(secret: code)
            try await corp.control(.post, "cancel-authorization")
            let message = try await provider.receiver.message(with: "cancel_auth")
            #expect(element("AuthCorpId", of: message) == corp.id)
            let wecom = provider.wecom
            #expect(try await wecom.api("user/get", ["access_token": token]).errorCode == 40014)
            #expect(try await wecom.api("gettoken", ["corpid": corp.id, "corpsecret": code]).errorCode == 40084)
            let body: JSON = ["auth_corpid": .string(corp.id), "permanent_code": .string(code)]
            #expect(try await provider.suite("get_auth_info", body).errorCode == 40084)
            let again = try await provider.authorize(corp)
            #expect(again != code)
        }
    }

    @Test("a change and a reset are pushed, and a reset gives a new permanent code")
    func changeAndReset() async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp()
            let code = try await provider.authorize(corp)
            try await corp.control(.post, "change-authorization")
            let changed = try await provider.receiver.message(with: "change_auth")
            #expect(element("AuthCorpId", of: changed) == corp.id)
            try await corp.control(.post, "reset-permanent-code")
            let message = try await provider.receiver.message(with: "reset_permanent_code")
            let body: JSON = ["auth_code": .string(try #require(element("AuthCode", of: message)))]
            let fresh = try await provider.suite("v2/get_permanent_code", body)["permanent_code"]?.text
            #expect(fresh != nil && fresh != code)
        }
    }

    @Test("get_corp_token is not for custom-developed apps")
    func corpToken() async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp()
            let code = try await provider.authorize(corp)
            let body: JSON = ["auth_corpid": .string(corp.id), "permanent_code": .string(code)]
            #expect(try await provider.suite("get_corp_token", body).errorCode == 48002)
            let wrong: JSON = ["auth_corpid": .string(corp.id), "permanent_code": "x"]
            #expect(try await provider.suite("get_corp_token", wrong).errorCode == 40084)
        }
    }

    @Test("open ids are for custom-developed apps, steady, and only for visible people")
    func openIDs() async throws {
        try await withProvider { provider in
            let corp = try await provider.wecom.makeCorp()
            let code = try await provider.authorize(corp)
            let id = try #require(try await corp.listed().users.keys.min())
            let token = ["access_token": try await corp.token(secret: code)]
            let body: JSON = ["userid_list": [.string(id), "nobody"]]
            let answer = try await provider.wecom.api("batch/userid_to_openuserid", token, body)
            #expect(answer["open_userid_list"]?.elements?.count == 1)
            #expect(answer["invalid_userid_list"]?.texts == ["nobody"])
            #expect(try await provider.wecom.api("batch/userid_to_openuserid", token, body) == answer)
            #expect(try await corp.api("batch/userid_to_openuserid", [:], body).errorCode == 48002)
            let query = ["provider_access_token": try await provider.providerToken()]
            let open = try await provider.wecom.api("service/corpid_to_opencorpid", query, ["corpid": .string(corp.id)])
            #expect(open["open_corpid"]?.text?.hasPrefix("wp") == true)
        }
    }
}
