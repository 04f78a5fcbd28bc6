import Testing
import WeCom

@Suite("Sign-in", .timeLimit(.minutes(5)))
struct SignInTests {
    static let schemas: [(corp: String, agent: Int, schema: String)] = [
        ("WW1e933be11645237c", 1_000_012, "wwauth1e933be11645237c000012"),
        ("wxbaaa22057237762a", 1_000_091, "wwauthbaaa22057237762a000091"),
        ("ww473217aac953cfae", 1_000_006, "wwauth473217aac953cfae000006"),
        ("ww2fe68893d538b6c1", 1_000_003, "wwauth2fe68893d538b6c1000003"),
        ("ww7ab3aa98b16a0acb", 1_000_013, "wwauth7ab3aa98b16a0acb000013"),
        ("ww41abef44dc00e8c4", 1_000_021, "wwauth41abef44dc00e8c4000021"),
        ("wwa21eaecf93f0e3ba", 1_000_012, "wwautha21eaecf93f0e3ba000012"),
        ("wwf6cf118e6ad2bedf", 1_000_018, "wwauthf6cf118e6ad2bedf000018"),
        ("ww700000a5f2191", 1_000_014, "wwauth700000a5f2191000014"),
    ]

    @Test("the native schema follows from corp ID and agent ID", arguments: schemas)
    func schema(corp: String, agent: Int, schema: String) throws {
        let (corp, agent) = try (CorpID(corp), AgentID(agent))
        #expect(nativeSchema(corpID: corp, agentID: agent) == schema)
        #expect(NativeSchemaCheck(schema, corpID: corp, agentID: agent) == .matches)
        #expect(NativeSchemaCheck(schema.uppercased(), corpID: corp, agentID: agent).explanation == nil)
    }

    @Test("a schema that does not fit is explained")
    func mismatch() throws {
        let (corp, agent) = try (CorpID("ww473217aac953cfae"), AgentID(1_000_006))
        let expected = "wwauth473217aac953cfae000006"
        let table: [(String, NativeSchemaCheck)] = [
            ("wwauth473217aac953cfae000007", .otherAgent(expected: expected)),
            ("wwauth1e933be11645237c000006", .otherCorp(expected: expected)),
            ("wwauth", .malformed(.length)), ("", .malformed(.prefix)),
            ("wwauth473217aac953cfag000006", .malformed(.characters)),
            ("wwauth473217aac953cfae00000a", .malformed(.characters)),
            ("wwauth473217aac953cfae0000061", .malformed(.length)),
            ("wwauth473217aac953cfae00****", .malformed(.masked)),
        ]
        for (schema, check) in table {
            #expect(NativeSchemaCheck(schema, corpID: corp, agentID: agent) == check, "\(schema)")
            #expect(check.explanation != nil)
        }
        #expect(NativeSchemaCheck.otherCorp(expected: expected).explanation?.contains(expected) == true)
    }

    @Test("of an encrypted corp ID no schema follows, and of a typed one the app's part is compared")
    func encrypted() throws {
        let (corp, agent) = try (CorpID("wpOolDCwAAaNp2bgvLbNfaDiQwMy9vlQ"), AgentID(1_000_006))
        #expect(nativeSchema(corpID: corp, agentID: agent) == nil)
        let fitting = NativeSchemaCheck("wwauth473217aac953cfae000006", corpID: corp, agentID: agent)
        #expect(fitting == .fitsApp)
        #expect(fitting.explanation == nil)
        let other = NativeSchemaCheck("wwauth473217aac953cfae000007", corpID: corp, agentID: agent)
        #expect(other == .otherDigits(expected: "000006"))
        #expect(other.explanation?.contains("000006") == true)
    }

    @Test("the desktop link has all parameters, escaped once")
    func webLogin() throws {
        let link = try SignInLinks.webLogin(
            loginURL: "https://login.work.weixin.qq.com/",
            corpID: CorpID("ww473217aac953cfae"),
            agentID: AgentID(1_000_006),
            redirect: "https://bridge.example:8443/logon/callback?a=b c&d=中",
            state: "S1",
            language: .english
        )
        #expect(
            link == "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww473217aac953cfae"
                + "&agentid=1000006&redirect_uri=https%3A%2F%2Fbridge.example%3A8443%2Flogon%2Fcallback%3Fa%3Db%20c%26d%3D"
                + "%E4%B8%AD&state=S1&lang=en"
        )
    }

    @Test("the link inside the client ends with the fragment WeCom demands")
    func inApp() throws {
        let link = try SignInLinks.inApp(
            oauthURL: "http://127.0.0.1:9000",
            corpID: CorpID("ww473217aac953cfae"),
            agentID: AgentID(1_000_006),
            redirect: "https://b.example/cb",
            state: "abc",
            scope: .personalInformation
        )
        #expect(
            link == "http://127.0.0.1:9000/connect/oauth2/authorize?appid=ww473217aac953cfae"
                + "&redirect_uri=https%3A%2F%2Fb.example%2Fcb&response_type=code&scope=snsapi_privateinfo&state=abc"
                + "&agentid=1000006#wechat_redirect"
        )
    }

    @Test("a state of other characters is refused", arguments: ["", "a-b", "ä", String(repeating: "a", count: 129)])
    func badState(state: String) {
        #expect(throws: InvalidIdentifier.self) {
            try SignInLinks.inApp(
                oauthURL: "http://x",
                corpID: CorpID("ww473217aac953cfae"),
                agentID: AgentID(1),
                redirect: "http://y",
                state: state
            )
        }
    }
}
