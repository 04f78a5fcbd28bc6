import HTTPTypes
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct TokenTests {
    @Test("gettoken gives the same token again while it is valid")
    func sameToken() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            #expect(try await corp.token() == corp.token())
            let token = try await corp.token()
            try await wecom.control(.post, "clock", ["advanceSeconds": 7_300])
            #expect(try await wecom.api("department/list", ["access_token": token]).errorCode == 42001)
            #expect(try await corp.token() != token)
        }
    }

    @Test("gettoken refuses what is missing or wrong")
    func refusals() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let other = try await wecom.makeCorp()
            #expect(try await wecom.api("gettoken", ["corpsecret": "x"]).errorCode == 41002)
            #expect(try await wecom.api("gettoken", ["corpid": corp.id]).errorCode == 41004)
            #expect(try await wecom.api("gettoken", ["corpid": "ww0", "corpsecret": "x"]).errorCode == 40013)
            #expect(try await wecom.api("gettoken", ["corpid": corp.id, "corpsecret": "x"]).errorCode == 40001)
            let foreign = ["corpid": corp.id, "corpsecret": other.secrets[0]]
            #expect(try await wecom.api("gettoken", foreign).errorCode == 40091)
        }
    }

    @Test("a plain corp ID is good in any case")
    func corpIDCase() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let answer = try await wecom.api(
                "gettoken",
                ["corpid": corp.id.uppercased(), "corpsecret": corp.secrets[0]]
            )
            #expect(answer.errorCode == 0)
        }
    }

    @Test("each kind of token is good only where it belongs")
    func kinds() async throws {
        try await withProvider { provider in
            let wecom = provider.wecom
            let corp = try await wecom.makeCorp()
            let access = try await corp.token()
            let suite = try await provider.suiteToken()
            let ofProvider = try await provider.providerToken()
            for wrong in [suite, ofProvider] {
                #expect(try await wecom.api("department/list", ["access_token": wrong]).errorCode == 40014)
            }
            for wrong in [access, ofProvider] {
                let answer = try await wecom.api("service/get_pre_auth_code", ["suite_access_token": wrong])
                #expect(answer.errorCode == 40082)
            }
            for wrong in [access, suite] {
                let query = ["provider_access_token": wrong]
                let answer = try await wecom.api("service/get_customized_auth_url", query, ["state": "s"])
                #expect(answer.errorCode == 40014)
            }
            #expect(try await wecom.api("department/list").errorCode == 41001)
            #expect(try await wecom.api("service/get_pre_auth_code").errorCode == 41022)
            let code = try await wecom.api("service/get_pre_auth_code", ["suite_access_token": suite])
            #expect(code["expires_in"]?.integer == 1200)
        }
    }

    @Test("all tokens of a corp expire when told to, and of no other")
    func expireNow() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let other = try await wecom.makeCorp()
            let token = try await corp.token()
            let others = try await other.token()
            try await corp.control(.post, "expire-tokens")
            #expect(try await wecom.api("agent/list", ["access_token": token]).errorCode == 42001)
            #expect(try await wecom.api("agent/list", ["access_token": others]).errorCode == 0)
        }
    }

    @Test("an error says hint, caller and where to read more")
    func envelope() async throws {
        try await withSimulator { wecom in
            let text = try await wecom.api("department/list", ["access_token": "x"])["errmsg"]?.text ?? ""
            let form =
                /invalid access_token, hint: \[[0-9]+_[0-9]+_[0-9a-f]{32}\], from ip: [0-9a-f.:]+, more info at .*e=40014/
            #expect(try form.wholeMatch(in: text) != nil, "\(text)")
        }
    }

    @Test("a suite token needs a ticket that was pushed, the right secret and every field")
    func suiteToken() async throws {
        try await withProvider { provider in
            let ticket = try await provider.wecom.control(.post, "provider/ticket")["ticket"] ?? .null
            let id = JSON.string(TestProvider.templateID)
            let secret = JSON.string(TestProvider.templateSecret)
            let cases: [(JSON, Int?)] = [
                (["suite_secret": secret, "suite_ticket": ticket], 41021),
                (["suite_id": id, "suite_ticket": ticket], 41024),
                (["suite_id": id, "suite_secret": secret], 41023),
                (["suite_id": "dk0", "suite_secret": secret, "suite_ticket": ticket], 40083),
                (["suite_id": id, "suite_secret": "x", "suite_ticket": ticket], 40080),
                (["suite_id": id, "suite_secret": secret, "suite_ticket": "x"], 40085),
                (["suite_id": id, "suite_secret": secret, "suite_ticket": ticket], nil),
            ]
            for (body, code) in cases {
                #expect(try await provider.wecom.api("service/get_suite_token", [:], body).errorCode == code)
            }
        }
    }

    @Test("a ticket is good for 30 minutes, also after a newer one")
    func ticketLifetime() async throws {
        try await withProvider { provider in
            let ticket = try await provider.wecom.control(.post, "provider/ticket")["ticket"] ?? .null
            let body: JSON = [
                "suite_id": .string(TestProvider.templateID), "suite_secret": .string(TestProvider.templateSecret),
                "suite_ticket": ticket,
            ]
            try await provider.wecom.control(.post, "clock", ["advanceSeconds": 1_700])
            try await provider.wecom.control(.post, "provider/ticket")
            #expect(try await provider.wecom.api("service/get_suite_token", [:], body).errorCode == nil)
            try await provider.wecom.control(.post, "clock", ["advanceSeconds": 200])
            #expect(try await provider.wecom.api("service/get_suite_token", [:], body).errorCode == 40085)
        }
    }
}
