import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct AuthorizationTests {
    @Test("from the QR code to the first run: the code is exchanged, the secret sealed, the run started")
    func wholeWay() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("ticket-1"))
            let asked = try await registry.send(.post, "idps/\(id)/authorization")
            #expect(asked.status == 201)
            #expect(asked["state"] == "pending")
            #expect(asked["url"] == "https://open.work.weixin.qq.com/qr?x=1")
            #expect(asked["svgURL"].string == "https://registry.test/api/v1/idps/\(id)/authorization/qr.svg")
            #expect(asked["pngURL"].string == "https://registry.test/api/v1/idps/\(id)/authorization/qr.png")
            let state = try #require(wecom.calls("service/get_customized_auth_url").first?.body["state"].string)
            #expect(state.wholeMatch(of: /[A-Za-z0-9]{32}/) != nil)

            try await registry.push(Provider.createAuth("auth-code", state: state))
            #expect(wecom.calls("service/get_suite_token").first?.body["suite_ticket"] == "ticket-1")
            #expect(wecom.calls("service/v2/get_permanent_code").first?.body["auth_code"] == "auth-code")
            let granted = try await registry.send(.get, "idps/\(id)/authorization")
            #expect(granted["state"] == "authorized")
            #expect(granted["corpID"] == "ww1e933be11645237c")
            #expect(granted["corpName"] == "Acme 公司")
            #expect(granted["agentID"] == 1_000_012)
            #expect(granted["url"] == .null)
            #expect(granted["grants"].array.map { $0["state"] } == ["complete"])
            #expect(granted["enterprise"]["checkedAt"] != .null)
            #expect(granted["suiteTicket"]["isGood"] == true)
            let configuration = try await registry.configuration()
            #expect(configuration.isConnected)
            #expect(configuration.connection?.kind == .customDevelopedApp)
            #expect(configuration.schema == "wwauth1e933be11645237c000012")
            #expect(try registry.secret(configuration) == "the-permanent-code")
            let command = try #require(try await registry.published(TopicCatalogue.commands).first)
            let run = try command.decode(RunSync.self)
            #expect(run.cause == .authorization)
            #expect(run.kind == .full)
            #expect(run.configurationRevision == configuration.revision)
            #expect(try await registry.send(.get, "idps/\(id)")["nextRunAt"] != .null)
            let actions = try await registry.send(.get, "audit?object=\(id)")["items"].array.map { $0["action"].string }
            #expect(actions == ["authorization.granted", "authorization.requested", "idp.created"])
        }
    }

    @Test("codes, tickets and secrets rest sealed")
    func sealed() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("ticket-1"))
            let state = try await registry.requestAuthorization(id)
            try await registry.push(Provider.createAuth("auth-code", state: state))
            let rows = try await registry.database.run(
                """
                select to_jsonb(t)::text from registry.suite_tickets t union all
                select to_jsonb(c)::text from registry.callbacks c union all
                select to_jsonb(g)::text from registry.grants g union all
                select to_jsonb(e)::text from registry.corp_authorizations e union all
                select to_jsonb(i)::text from registry.identity_providers i union all
                select to_jsonb(a)::text from registry.audit a union all
                select convert_from(value, 'UTF8') from registry.outbox where value is not null
                """
            )
            for row in rows {
                let text = try row.decode(String.self)
                for secret in ["ticket-1", "auth-code", "the-permanent-code"] {
                    #expect(!text.contains(secret), "\(text.prefix(200))")
                }
            }
        }
    }

    @Test("the QR code is served as SVG and PNG while it can be scanned")
    func images() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider()
            let path = "idps/\(id)/authorization/qr"
            #expect(try await registry.send(.get, "\(path).svg").problem == "no-open-authorization")
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            let svg = try await registry.send(.get, "\(path).svg")
            #expect(svg.header("Content-Type") == "image/svg+xml")
            #expect(svg.text == QRCode("https://open.work.weixin.qq.com/qr?x=1")?.svg)
            let png = try await registry.send(.get, "\(path).png")
            #expect(png.header("Content-Type") == "image/png")
            #expect(png.bytes == QRCode("https://open.work.weixin.qq.com/qr?x=1")?.png())
            try await registry.push(Provider.createAuth("c", state: state))
            #expect(try await registry.send(.get, "\(path).png").status == 404)
        }
    }

    @Test("an event that is sent again in another wrapping is one event")
    func resend() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            for _ in 0..<3 { try await registry.push(Provider.createAuth("c", state: state)) }
            #expect(wecom.calls("service/v2/get_permanent_code").count == 1)
            #expect(try await registry.count("callbacks") == 2)
            #expect(try await registry.count("runs") == 1)
        }
    }

    @Test("the same code in an event of another time does no harm to what was granted")
    func repeatedCode() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            try await registry.push(Provider.createAuth("c", state: state))
            wecom.answer("service/v2/get_permanent_code", ["errcode": 40_078, "errmsg": "invalid auth_code"])
            try await registry.push(Provider.createAuth("c", state: state, at: 1_403_610_514))
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["state"] == "authorized")
            #expect(try await registry.grants(id).map { $0["state"] } == ["complete"])
        }
    }

    @Test("once an enterprise is connected, another one cannot be by a QR code that was made before")
    func otherEnterprise() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let earlier = try await registry.requestAuthorization(id)
            let used = try await registry.requestAuthorization(id)
            try await registry.push(Provider.createAuth("c", state: used))
            wecom.answer(
                "service/v2/get_permanent_code",
                ["permanent_code": "other-code", "auth_corp_info": ["corpid": "wwother", "corp_name": "Other"]]
            )
            for (number, state) in [used, earlier].enumerated() {
                try await registry.push(Provider.createAuth("c\(number)", state: state, at: 1_403_610_514))
                let newest = try #require(try await registry.grants(id).first)
                #expect(newest["state"] == "superseded")
                #expect(newest["reason"].string?.contains("scan a new QR code") == true)
                #expect(newest["corpName"] == "Other")
            }
            let seen = try await registry.send(.get, "idps/\(id)/authorization")
            #expect(seen["state"] == "authorized")
            #expect(seen["corpID"] == "ww1e933be11645237c")
        }
    }

    @Test("a code that WeCom refuses is given up, and it is said what to do")
    func refusedCode() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            wecom.answer("service/v2/get_permanent_code", ["errcode": 40_078, "errmsg": "invalid auth_code"])
            try await registry.push(Provider.createAuth("c", state: state))
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["state"] == "pending")
            let grant = try #require(try await registry.grants(id).first)
            #expect(grant["state"] == "inTrouble")
            #expect(grant["trouble"]["wecomCode"] == 40_078)
            #expect(grant["trouble"]["whatToDo"].string?.contains("Scan the QR code again") == true)
            try await registry.workAgain()
            #expect(wecom.calls("service/v2/get_permanent_code").count == 1)
        }
    }

    @Test("what fails for a while is tried again, and a code is exchanged once all the same")
    func transientFailure() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            let good = try #require(WeComStub.usual["service/v2/get_auth_info"]?.first)
            wecom.answer("service/v2/get_auth_info", ["errcode": 45_009, "errmsg": "too often"])
            try await registry.push(Provider.createAuth("c", state: state))
            let grant = try #require(try await registry.grants(id).first)
            #expect(grant["state"] == "inTrouble")
            #expect(grant["trouble"]["wecomCode"] == 45_009)
            wecom.answer("service/v2/get_auth_info", good)
            try await registry.workAgain()
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["state"] == "authorized")
            #expect(try await registry.grants(id).map { $0["trouble"] } == [.null])
            #expect(wecom.calls("service/v2/get_permanent_code").count == 1)
            #expect(try registry.secret(try await registry.configuration()) == "the-permanent-code")
        }
    }

    @Test("an app that WeCom has not made yet is waited for")
    func appNotMade() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            let good = try #require(WeComStub.usual["service/v2/get_auth_info"]?.first)
            let none: JSON = ["auth_corp_info": ["corpid": "ww1e933be11645237c"], "auth_info": ["agent": []]]
            wecom.answer("service/v2/get_auth_info", none)
            try await registry.push(Provider.createAuth("c", state: state))
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["state"] == "pending")
            #expect(try await registry.grants(id).map { $0["state"] } == ["waitingForApp"])
            wecom.answer("service/v2/get_auth_info", good)
            try await registry.workAgain()
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["state"] == "authorized")
            #expect(wecom.calls("service/v2/get_permanent_code").count == 1)
        }
    }

    @Test("an authorization by single members is refused with its reason")
    func membersOnly() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            wecom.answer(
                "service/v2/get_auth_info",
                [
                    "auth_corp_info": ["corpid": "ww1e933be11645237c"],
                    "auth_info": ["agent": [["agentid": 1_000_012, "auth_mode": 1]]],
                ]
            )
            try await registry.push(Provider.createAuth("c", state: state))
            let seen = try await registry.send(.get, "idps/\(id)/authorization")
            #expect(seen["state"] == "pending")
            #expect(seen["grants"][0]["state"] == "inTrouble")
            #expect(seen["grants"][0]["trouble"]["whatToDo"].string?.contains("administrator") == true)
        }
    }

    @Test("an authorization under a state that nobody asked for, or for what was deleted, connects nothing")
    func unknownState() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            try await registry.push(Provider.createAuth("c", state: "nobodys"))
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["state"] == "pending")
            _ = try await registry.deleteProvider(id)
            try await registry.push(Provider.createAuth("d", state: state))
            #expect(try await registry.published(TopicCatalogue.commands).count == 1)
            #expect(try await registry.configuration().status == .deleted)
            let open = try await registry.database.run(
                "select digest from registry.callbacks where done_at is null and set_aside_at is null"
            )
            #expect(open.isEmpty)
            let standings = try await registry.database.run("select standing from registry.grants")
            #expect(try standings.decode(String.self) == ["superseded", "superseded"])
        }
    }

    @Test("without a suite ticket, or with one older than 30 minutes, it is said how to get one")
    func noTicket() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider()
            let without = try await registry.send(.post, "idps/\(id)/authorization")
            #expect(without.status == 409)
            #expect(without.problem == "no-suite-ticket")
            #expect(without["fix"].string?.contains("https://registry.test/wecom/callback/command") == true)
            try await registry.push(Provider.suiteTicket("t"))
            #expect(try await registry.send(.post, "idps/\(id)/authorization").status == 201)
            try await registry.database.run(
                "update registry.suite_tickets set pushed_at = now() - interval '30 minutes 1 second'"
            )
            #expect(try await registry.send(.post, "idps/\(id)/authorization").problem == "no-suite-ticket")
        }
    }

    @Test("an installation that is no provider says which variables to set")
    func noProvider() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let answer = try await registry.send(.post, "idps/\(id)/authorization")
            #expect(answer.status == 409)
            #expect(answer.problem == "provider-not-configured")
            #expect(answer["fix"].string?.contains("WECOM_PROVIDER_CORPID") == true)
        }
    }

    @Test("what WeCom refuses the provider is told with its code; what it does not answer, too")
    func refusedProvider() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            wecom.answer("service/get_customized_auth_url", ["errcode": 45_009, "errmsg": "too often"])
            let busy = try await registry.send(.post, "idps/\(id)/authorization")
            #expect(busy.status == 503)
            #expect(busy.problem == "wecom-unavailable")
            wecom.answer(
                "service/get_customized_auth_url",
                ["errcode": 60_020, "errmsg": "not allow, from ip: 9.9.9.9"]
            )
            let refused = try await registry.send(.post, "idps/\(id)/authorization")
            #expect(refused.status == 502)
            #expect(refused.problem == "provider-refused")
            #expect(refused["wecomCode"] == 60_020)
            #expect(refused["callerAddress"] == "9.9.9.9")
            #expect(try await registry.count("authorizations") == 0)
        }
    }

    @Test("asking again for a connected identity provider does not disconnect it")
    func askAgain() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeConnectedProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let answer = try await registry.send(.post, "idps/\(id)/authorization")
            #expect(answer["state"] == "authorized")
            #expect(answer["url"] != .null)
            #expect(try await registry.configuration().isConnected)
        }
    }

    @Test("a code from an earlier QR code that is not over works as well")
    func earlierCode() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let first = try await registry.requestAuthorization(id)
            _ = try await registry.requestAuthorization(id)
            try await registry.push(Provider.createAuth("c", state: first))
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["state"] == "authorized")
        }
    }
}
