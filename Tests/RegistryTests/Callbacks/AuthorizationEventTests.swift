import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct AuthorizationEventTests {
    @Test("withdrawn authorization revokes the corp's identity providers, and no others")
    func cancelAuth() async throws {
        try await withProvider { registry, wecom in
            try await registry.push(Provider.suiteTicket("t"))
            wecom.answer("service/v2/get_auth_info", ["errcode": 40_084, "errmsg": "invalid permanent code"])
            let id = try await registry.makeConnectedProvider(corpID: "wpAbCdEf_encrypted")
            let same = try await registry.makeConnectedProvider(corpID: "wpAbCdEf_encrypted")
            let other = try await registry.makeConnectedProvider(corpID: "wpabcdef_encrypted")
            let (active, waiting) = (try await registry.startRun(id), try await registry.startRun(id))
            try await registry.push(Provider.corpEvent("cancel_auth", corp: "wpAbCdEf_encrypted"))
            #expect(try await registry.send(.get, "idps/\(id)")["authorization"]["state"] == "revoked")
            #expect(try await registry.send(.get, "idps/\(same)")["authorization"]["state"] == "revoked")
            #expect(try await registry.send(.get, "idps/\(other)")["authorization"]["state"] == "authorized")
            #expect(try await registry.send(.get, "idps/\(id)")["nextRunAt"] == .null)
            #expect(try await registry.send(.post, "idps/\(id)/runs").problem == "not-connected")
            try await registry.finish(active, .failed)
            #expect(try await registry.run(waiting)["outcome"] == "skipped")
        }
    }

    @Test("a plain corp ID is the same in either case")
    func plainCorp() async throws {
        try await withProvider { registry, wecom in
            try await registry.push(Provider.suiteTicket("t"))
            wecom.answer("service/v2/get_auth_info", ["errcode": 48_004, "errmsg": "no authorization"])
            let id = try await registry.makeConnectedProvider(corpID: "ww1e933be11645237c")
            try await registry.push(Provider.corpEvent("cancel_auth", corp: "WW1E933BE11645237C"))
            #expect(try await registry.send(.get, "idps/\(id)")["authorization"]["state"] == "revoked")
        }
    }

    @Test("a changed authorization starts a run of each identity provider whose settings let runs start by themselves")
    func changeAuth() async throws {
        try await withProvider { registry, _ in
            try await registry.push(Provider.suiteTicket("t"))
            let open = try await registry.makeConnectedProvider()
            let closed = try await registry.makeConnectedProvider()
            _ = try await registry.makeConnectedProvider(["automaticSynchronization": false])
            try await registry.patch(closed, ["status": "closed", "confirmClosing": true])
            try await registry.push(Provider.corpEvent("change_auth"))
            let commands = try await registry.published(TopicCatalogue.commands)
            #expect(commands.map(\.key) == [open.description])
            #expect(try #require(commands.first).decode(RunSync.self).cause == .authorization)
        }
    }

    @Test("a new secret replaces the old one, and the revision says so without telling it")
    func resetPermanentCode() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeConnectedProvider()
            try await registry.push(Provider.suiteTicket("t"))
            wecom.answer(
                "service/v2/get_permanent_code",
                ["permanent_code": "the-new-code", "auth_corp_info": ["corpid": "ww1e933be11645237c"]]
            )
            let good = try #require(WeComStub.usual["service/v2/get_auth_info"]?.first)
            wecom.answer("service/v2/get_auth_info", good, ["errcode": 40_084, "errmsg": "invalid permanent code"])
            let event = Provider.event("reset_permanent_code", "<AuthCode><![CDATA[c]]></AuthCode>")
            try await registry.push(event)
            let configuration = try await registry.configuration()
            #expect(try registry.secret(configuration) == "the-new-code")
            #expect(configuration.connection?.agentID == 1_000_012)
            let revision = try await registry.send(.get, "idps/\(id)/revisions")["items"][0]
            #expect(revision["changes"] == ["secret": ["to": "replaced"]])
            #expect(revision["changedBy"]["kind"] == "wecom")
        }
    }

    @Test("events of other kinds are taken and lead to nothing", arguments: ["register_corp", "change_app_admin", "x"])
    func otherEvents(type: String) async throws {
        try await withProvider { registry, wecom in
            _ = try await registry.makeConnectedProvider()
            try await registry.push(Provider.event(type, ""))
            #expect(try await registry.count("runs") == 0)
            let rows = try await registry.database.run("select done_at is not null from registry.callbacks")
            let isDone = try #require(rows.first).decode(Bool.self)
            #expect(isDone)
        }
    }

    @Test("an authorization that is granted while closed connects and starts no run")
    func grantedWhileClosed() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider(["status": "closed"])
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            try await registry.push(Provider.createAuth("c", state: state))
            #expect(try await registry.send(.get, "idps/\(id)")["authorization"]["state"] == "authorized")
            #expect(try await registry.count("runs") == 0)
        }
    }

    @Test("a revoked identity provider that is authorized again works again")
    func authorizedAgain() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeConnectedProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let good = try #require(WeComStub.usual["service/v2/get_auth_info"]?.first)
            let lost: JSON = ["errcode": 40_084, "errmsg": "invalid permanent code"]
            wecom.answer("service/v2/get_auth_info", lost, good, lost)
            try await registry.push(Provider.corpEvent("cancel_auth"))
            let state = try await registry.requestAuthorization(id)
            #expect(try await registry.send(.get, "idps/\(id)")["authorization"]["state"] == "pending")
            try await registry.push(Provider.createAuth("c", state: state))
            #expect(try await registry.send(.get, "idps/\(id)")["authorization"]["state"] == "authorized")
            #expect(try registry.secret(try await registry.configuration()) == "the-permanent-code")
        }
    }

    @Test("two workers on one database deal with each event once")
    func twoWorkers() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeProvider()
            try await registry.push(Provider.suiteTicket("t"))
            let state = try await registry.requestAuthorization(id)
            let taken = try await registry.push(try Push(Provider.createAuth("c", state: state)))
            #expect(taken.text == "success")
            #expect(wecom.calls("service/v2/get_permanent_code").isEmpty, "WeCom is answered before it is asked")
            try await registry.work(with: try registry.another())
            #expect(wecom.calls("service/v2/get_permanent_code").count == 1)
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["state"] == "authorized")
            #expect(try await registry.count("runs") == 1)
        }
    }
}
