import Sealing
import Testing

@testable import WeCom

@Suite("Client", .timeLimit(.minutes(5)))
struct ClientTests {
    @Test("gettoken sends corp ID and secret, and types the token")
    func getToken() async throws {
        try await withScriptedWeCom { bench in
            let token = try await bench.client.getToken(corpID: bench.corpID, secret: Secret("s+/="))
            #expect(token == AccessToken(Secret("TOKEN-1"), lifetime: .seconds(7200)))
            let call = try #require(await bench.wecom.calls.first)
            #expect(call.method == "GET")
            #expect(call.query == ["corpid": "ww1e933be11645237c", "corpsecret": "s+/="])
        }
    }

    @Test("suite and provider tokens, also without errcode")
    func otherTokens() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script(
                "service/get_suite_token",
                .json(#"{"suite_access_token":"ST","expires_in":7200}"#)
            )
            await bench.wecom.script(
                "service/get_provider_token",
                .json(#"{"errcode":0,"provider_access_token":"PT","expires_in":3600}"#)
            )
            let suite = try await bench.client.suiteToken(
                suiteID: SuiteID("dk1x"),
                secret: Secret("S"),
                ticket: Secret("T")
            )
            #expect(suite == SuiteToken(Secret("ST"), lifetime: .seconds(7200)))
            let provider = try await bench.client.providerToken(corpID: bench.corpID, secret: Secret("P"))
            #expect(provider == ProviderToken(Secret("PT"), lifetime: .seconds(3600)))
            let bodies = await bench.wecom.calls.map(\.body)
            #expect(
                bodies == [
                    #"{"suite_id":"dk1x","suite_secret":"S","suite_ticket":"T"}"#,
                    #"{"corpid":"ww1e933be11645237c","provider_secret":"P"}"#,
                ]
            )
        }
    }

    @Test("lists come back byte for byte, raw control characters and all")
    func lists() async throws {
        try await withScriptedWeCom { bench in
            let users = "{\"errcode\": 0, \"userlist\":[{\"userid\":\"a\",\"name\":\"tab\there\"}]} \n"
            let departments = #"{"errcode":0,"department":[{"id":2}]}"#
            await bench.wecom.script("user/list", .json(users))
            await bench.wecom.script("department/list", .json(departments))
            #expect(try await bench.client.userList(department: 7, token: bench.token) == Array(users.utf8))
            let size = try await bench.client.userList(department: 7, token: bench.token) { $0.count }
            #expect(size == users.utf8.count)
            #expect(try await bench.client.departmentList(token: bench.token) == Array(departments.utf8))
            _ = try await bench.client.departmentList(under: 3, token: bench.token)
            let queries = await bench.wecom.calls.map(\.query)
            #expect(
                queries == [
                    ["access_token": "TOKEN-0", "department_id": "7"],
                    ["access_token": "TOKEN-0", "department_id": "7"], ["access_token": "TOKEN-0"],
                    ["access_token": "TOKEN-0", "id": "3"],
                ]
            )
        }
    }

    @Test("the app shows its visible range, also where parts are missing")
    func agent() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script(
                "agent/get",
                .json(
                    #"{"errcode":0,"agentid":1000002,"name":"通讯","allow_userinfos":{"user":[{"userid":"a"}]},"#
                        + #""allow_partys":{"partyid":[2,3]},"allow_tags":{"tagid":[9]},"close":0,"#
                        + #""customized_publish_status":2}"#
                ),
                .json(#"{"errcode":0,"agentid":1000002,"close":1}"#)
            )
            let id = try AgentID(1_000_002)
            let agent = try await bench.client.agent(id, token: bench.token)
            #expect(
                agent
                    == Agent(
                        id: id,
                        name: "通讯",
                        visibility: Agent.Visibility(departmentIDs: [2, 3], userIDs: ["a"], tagIDs: [9]),
                        isClosed: false,
                        redirectDomain: nil,
                        publication: .published
                    )
            )
            let bare = try await bench.client.agent(id, token: bench.token)
            #expect(bare.isClosed && bare.visibility == nil && bare.publication == nil)
        }
    }

    @Test(
        "a range that cannot be read whole is unknown, never empty",
        arguments: [
            #""allow_partys":{"partyid":[2,{}]},"allow_userinfos":{"user":[]},"allow_tags":{"tagid":[]}"#,
            #""allow_partys":{"partyid":7},"allow_userinfos":{"user":[{"userid":"a"}]},"allow_tags":{"tagid":[]}"#,
            #""allow_partys":3,"allow_userinfos":{"user":[{"userid":"a"}]}"#,
            #""allow_partys":{"partyid":[2]},"allow_userinfos":{"user":[{"name":"a"}]}"#,
            #""allow_partys":{"partyid":[2]},"allow_tags":{"tagid":[null]}"#,
            #""allow_userinfos":{"user":[]},"allow_tags":{"tagid":[]}"#,
            #""allow_partys":[],"allow_userinfos":{},"allow_tags":null"#, #""x":1"#,
        ]
    )
    func oddRange(members: String) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("agent/get", .json("{\"errcode\":0,\(members)}"))
            let agent = try await bench.client.agent(AgentID(1_000_002), token: bench.token)
            #expect(agent.visibility == nil)
        }
    }

    @Test("a kind that WeCom leaves out is none, where another one names somebody; all three may be empty")
    func partialRange() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script(
                "agent/get",
                .json(#"{"errcode":0,"allow_partys":{"partyid":["2"]}}"#),
                .json(#"{"errcode":0,"allow_userinfos":{"user":[{"userid":"a"}]},"allow_partys":[],"allow_tags":{}}"#),
                .json(
                    #"{"errcode":0,"allow_userinfos":{"user":""},"allow_partys":{"partyid":[]},"allow_tags":{"tagid":[]}}"#
                )
            )
            var ranges: [Agent.Visibility?] = []
            for _ in 0..<3 {
                ranges.append(try await bench.client.agent(AgentID(1_000_002), token: bench.token).visibility)
            }
            #expect(
                ranges == [
                    Agent.Visibility(departmentIDs: [2]), Agent.Visibility(userIDs: ["a"]), Agent.Visibility(),
                ]
            )
        }
    }

    @Test(
        "a tag that cannot be read whole is none",
        arguments: [#"{"userlist":[{}],"partylist":[]}"#, #"{"userlist":[],"partylist":"x"}"#, #"{"tagname":"t"}"#]
    )
    func oddTag(body: String) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("tag/get", .json(body))
            await #expect(throws: WeComError.self) { try await bench.client.tag(9, token: bench.token) }
        }
    }

    @Test("tag, permissions, administrators, one person, ids")
    func small() async throws {
        try await withScriptedWeCom { bench in
            let wecom = bench.wecom
            await wecom.script("tag/get", .json(#"{"tagname":"t","userlist":[{"userid":"a"}],"partylist":[2]}"#))
            await wecom.script(
                "agent/get_permissions",
                .json(#"{"errcode":0,"app_permissions":["contact:base:base"]}"#)
            )
            await wecom.script(
                "agent/get_admin_list",
                .json(#"{"errcode":0,"admin":[{"userid":"a","auth_type":1},{"userid":"b","auth_type":0}]}"#)
            )
            await wecom.script("user/get", .json(#"{"errcode":0,"userid":"a b@c"}"#))
            await wecom.script("user/list_id", .json(#"{"errcode":0,"next_cursor":"n","dept_user":[]}"#))
            let tag = try await bench.client.tag(9, token: bench.token)
            #expect(tag == Tag(id: 9, name: "t", userIDs: ["a"], departmentIDs: [2]))
            #expect(try await bench.client.agentPermissions(token: bench.token) == ["contact:base:base"])
            let administrators = try await bench.client.adminList(token: bench.token)
            #expect(
                administrators == [
                    Administrator(userID: "a", mayManage: true), Administrator(userID: "b", mayManage: false),
                ]
            )
            _ = try await bench.client.user(WeComUserID("a&b@c", of: bench.corpID), token: bench.token)
            _ = try await bench.client.userIDs(cursor: "c", token: bench.token)
            #expect(await wecom.calls(to: "user/get").first?.query["userid"] == "a&b@c")
            #expect(await wecom.calls(to: "user/list_id").first?.body == #"{"cursor":"c","limit":10000}"#)
            #expect(await wecom.calls(to: "agent/get_admin_list").first?.method == "POST")
        }
    }

    @Test("who signs in is a member or an outsider, in either spelling")
    func identity() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script(
                "auth/getuserinfo",
                .json(#"{"errcode":0,"userid":"a","user_ticket":"T"}"#),
                .json(#"{"errcode":0,"UserId":"a","DeviceId":"d"}"#),
                .json(#"{"errcode":0,"openid":"o"}"#),
                .json(#"{"errcode":0,"OpenId":"o"}"#),
                .json(#"{"errcode":0,"userid":"","openid":"o"}"#),
                .json(#"{"errcode":0}"#)
            )
            let (client, token) = (bench.client, bench.token)
            var identities: [Identity] = []
            for _ in 0..<5 { identities.append(try await client.userInfo(code: "c", token: token)) }
            #expect(
                identities == [
                    .member(userID: "a", ticket: Secret("T")), .member(userID: "a", ticket: nil),
                    .outsider(openID: "o"), .outsider(openID: "o"), .outsider(openID: "o"),
                ]
            )
            let error = await #expect(throws: WeComError.self) { try await client.userInfo(code: "c", token: token) }
            #expect(error?.cause == .missingField("userid"))
        }
    }

    @Test("an authorization is read with and without its optional parts")
    func authorization() async throws {
        try await withScriptedWeCom { bench in
            let wecom = bench.wecom
            await wecom.script(
                "service/v2/get_permanent_code",
                .json(
                    #"{"permanent_code":"PC","auth_corp_info":{"corpid":"wpAbC","corp_name":"企业"},"state":"s1","#
                        + #""auth_user_info":{"userid":"woA"}}"#
                ),
                .json(
                    #"{"permanent_code":"PC","auth_corp_info":{"corpid":"wpAbC"},"register_code_info":{"state":"s2"}}"#
                ),
                .json(#"{"errcode":0,"auth_corp_info":{"corpid":"wpAbC"}}"#)
            )
            let token = SuiteToken(Secret("ST"), lifetime: .seconds(7200))
            let full = try await bench.client.permanentCode(authCode: Secret("AC"), token: token)
            let expected = PermanentAuthorization(
                corpID: try CorpID("wpAbC"),
                corpName: "企业",
                permanentCode: Secret("PC"),
                administratorID: "woA",
                state: "s1"
            )
            #expect(full == expected)
            let bare = try await bench.client.permanentCode(authCode: Secret("AC"), token: token)
            #expect(bare.corpName == nil && bare.state == "s2" && bare.administratorID == nil)
            let error = await #expect(throws: WeComError.self) {
                try await bench.client.permanentCode(authCode: Secret("AC"), token: token)
            }
            #expect(error?.cause == .missingField("permanent_code"))
            #expect(await wecom.calls.first?.query == ["suite_access_token": "ST"])
        }
    }

    @Test("what is authorized names the app and its range")
    func authInfo() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script(
                "service/v2/get_auth_info",
                .json(
                    #"{"auth_corp_info":{"corpid":"wpAbC"},"auth_info":{"agent":[{"agentid":1000003,"name":"n","#
                        + #""is_customized_app":true,"auth_mode":0,"privilege":{"allow_party":[2],"allow_user":["u"],"#
                        + #""allow_tag":[4]}}]}}"#
                )
            )
            let token = SuiteToken(Secret("ST"), lifetime: .seconds(7200))
            let corp = try CorpID("wpAbC")
            let info = try await bench.client.authInfo(corpID: corp, permanentCode: Secret("PC"), token: token)
            let agent = try #require(info.agents.first)
            #expect(agent.id.rawValue == 1_000_003 && agent.isCustomized && !agent.isAuthorizedByMembers)
            #expect(agent.visibility == Agent.Visibility(departmentIDs: [2], userIDs: ["u"], tagIDs: [4]))
        }
    }

    @Test(
        "a visible range that cannot be read whole is unknown, never smaller",
        arguments: [
            #"{"allow_party":"2"}"#, #"{"allow_party":[2],"allow_user":[7]}"#, #"{"allow_party":[]}"#, "[]",
            #"{"allow_party":["x"],"allow_user":[],"allow_tag":[]}"#,
        ]
    )
    func oddPrivilege(privilege: String) async throws {
        try await withScriptedWeCom { bench in
            let answer =
                #"{"auth_corp_info":{"corpid":"wpAbC"},"auth_info":{"agent":[{"agentid":1000003,"privilege":"#
                + privilege + "}]}}"
            await bench.wecom.script("service/v2/get_auth_info", .json(answer))
            let token = SuiteToken(Secret("ST"), lifetime: .seconds(7200))
            let corp = try CorpID("wpAbC")
            let info = try await bench.client.authInfo(corpID: corp, permanentCode: Secret("PC"), token: token)
            let agent = try #require(info.agents.first)
            #expect(agent.visibility == nil)
        }
    }

    @Test("an authorization link keeps WeCom's bounds")
    func link() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script(
                "service/get_customized_auth_url",
                .json(#"{"errcode":0,"qrcode_url":"https://q","expires_in":864000}"#)
            )
            let token = ProviderToken(Secret("PT"), lifetime: .seconds(7200))
            let template = try SuiteID("dk1x")
            let link = try await bench.client.customizedAuthURL(state: "s1", templates: [template], token: token)
            #expect(link == AuthorizationLink(url: "https://q", lifetime: .seconds(864_000)))
            for state in ["", "a-b", String(repeating: "a", count: 33)] {
                await #expect(throws: InvalidIdentifier.self) {
                    try await bench.client.customizedAuthURL(state: state, templates: [template], token: token)
                }
            }
            #expect(await bench.wecom.calls.count == 1)
            #expect(await bench.wecom.calls.first?.query == ["provider_access_token": "PT"])
        }
    }

    @Test("no link is good for longer than WeCom's longest", arguments: ["9223372036854775807", "-1"])
    func linkLifetime(seconds: String) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script(
                "service/get_customized_auth_url",
                .json(#"{"errcode":0,"qrcode_url":"https://q","expires_in":\#(seconds)}"#)
            )
            let token = ProviderToken(Secret("PT"), lifetime: .seconds(7200))
            let link = try await bench.client.customizedAuthURL(
                state: "s1",
                templates: [try SuiteID("dk1x")],
                token: token
            )
            #expect((Duration.zero...Duration.seconds(864_000)).contains(link.lifetime))
        }
    }
}
