import Sealing
import Synchronization
import Testing

@testable import WeCom

@Suite("Session of the provider", .timeLimit(.minutes(5)))
struct ProviderSessionTests {
    private func session(_ bench: Bench, ticket: @escaping @Sendable () -> Secret?) throws -> ProviderSession {
        try ProviderSession(
            client: bench.client,
            credentials: ProviderCredentials(
                corpID: CorpID("ww0000000000000001"),
                secret: Secret("P"),
                templateID: SuiteID("dk1x"),
                templateSecret: Secret("S")
            ),
            time: bench.time.keeper,
            logger: .silent,
            ticket: { ticket() }
        )
    }

    private let suiteToken = ScriptedWeCom.Answer.json(#"{"suite_access_token":"ST","expires_in":7200}"#)

    @Test("from the ticket to the enterprise's secret")
    func exchange() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("service/get_suite_token", suiteToken)
            await bench.wecom.script(
                "service/v2/get_permanent_code",
                .json(#"{"permanent_code":"PC","auth_corp_info":{"corpid":"wpAbC"}}"#)
            )
            let session = try session(bench) { Secret("TICKET") }
            let authorization = try await session.permanentCode(authCode: Secret("AC"))
            #expect(authorization.permanentCode == Secret("PC"))
            #expect(await bench.wecom.calls.first?.body.contains("TICKET") == true)
        }
    }

    @Test("without a ticket the error says what to wait for, and the next ticket heals")
    func noTicket() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("service/get_suite_token", suiteToken)
            let ticket = Ticket()
            let session = try session(bench) { ticket.value }
            let failure = await #expect(throws: WeComError.self) { try await session.checkSuite() }
            #expect(failure?.reaction == .awaitTicket)
            #expect(await bench.wecom.calls.isEmpty)
            ticket.push(Secret("TICKET"))
            try await session.checkSuite()
        }
    }

    @Test("a refused suite token is fetched anew with the newest ticket", arguments: [40082, 42009])
    func renewal(code: Int) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("service/get_suite_token", suiteToken)
            await bench.wecom.script(
                "service/v2/get_auth_info",
                .json(#"{"errcode":\#(code),"errmsg":"no"}"#),
                .json(#"{"auth_corp_info":{"corpid":"wpAbC"},"auth_info":{"agent":[{"agentid":1000002}]}}"#)
            )
            let session = try session(bench) { Secret("TICKET") }
            let info = try await session.authInfo(corpID: CorpID("wpAbC"), permanentCode: Secret("PC"))
            #expect(info.agents.map(\.id.rawValue) == [1_000_002])
            #expect(await bench.wecom.calls(to: "service/get_suite_token").count == 2)
        }
    }

    /// What WeCom's own example of a custom-developed app tells of it.
    static let example =
        #""auth_mode":1,"is_customized_app":false,"privilege":{"level":1,"allow_party":[1,2,3],"#
        + #""allow_user":["zhansan","lisi"],"allow_tag":[1,2,3]}"#

    @Test(
        "single members authorized an app of which neither its kind nor departments say otherwise",
        arguments: [
            (ProviderSessionTests.example, false), (#""auth_mode":1,"is_customized_app":true"#, false),
            (#""auth_mode":0"#, false), (#""name":"n""#, false), (#""auth_mode":1"#, true),
            (#""auth_mode":1,"privilege":{"allow_user":["lisi"]}"#, true),
            (#""auth_mode":"1","privilege":{"allow_party":[],"allow_user":["lisi"],"allow_tag":[]}"#, true),
        ] as [(String, Bool)]
    )
    func authorizedByMembers(fields: String, expected: Bool) async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("service/get_suite_token", suiteToken)
            await bench.wecom.script(
                "service/v2/get_auth_info",
                .json(#"{"auth_corp_info":{"corpid":"wpAbC"},"auth_info":{"agent":[{"agentid":1,\#(fields)}]}}"#)
            )
            let session = try session(bench) { Secret("TICKET") }
            let info = try await session.authInfo(corpID: CorpID("wpAbC"), permanentCode: Secret("PC"))
            #expect(info.agents.map(\.isAuthorizedByMembers) == [expected])
        }
    }

    @Test("a link is asked for with the provider's token")
    func link() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script(
                "service/get_provider_token",
                .json(#"{"errcode":0,"provider_access_token":"PT","expires_in":7200}"#)
            )
            await bench.wecom.script(
                "service/get_customized_auth_url",
                .json(#"{"errcode":0,"qrcode_url":"https://q","expires_in":864000}"#)
            )
            let link = try await session(bench) { nil }.customizedAuthURL(state: "s1")
            #expect(link.url == "https://q")
            #expect(
                await bench.wecom.calls(to: "service/get_customized_auth_url").first?.body
                    == #"{"state":"s1","templateid_list":["dk1x"]}"#
            )
        }
    }

    @Test("an authorization code that was used asks for a new authorization")
    func usedCode() async throws {
        try await withScriptedWeCom { bench in
            await bench.wecom.script("service/get_suite_token", suiteToken)
            await bench.wecom.script("service/v2/get_permanent_code", .json(#"{"errcode":40078,"errmsg":"used"}"#))
            let session = try session(bench) { Secret("TICKET") }
            let failure = await #expect(throws: WeComError.self) {
                try await session.permanentCode(authCode: Secret("AC"))
            }
            #expect(failure?.reaction == .reauthorize)
        }
    }
}

private final class Ticket: Sendable {
    private let held = Mutex<Secret?>(nil)

    var value: Secret? { held.withLock { $0 } }

    func push(_ ticket: Secret) { held.withLock { $0 = ticket } }
}
