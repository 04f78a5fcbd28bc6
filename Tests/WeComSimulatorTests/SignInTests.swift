import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct SignInTests {
    private static let redirect = "http%3A%2F%2Fbridge.example%3A8081%2Fback%3Fa%3D1"

    private static func webLogin(_ corp: TestCorp, agent: Int? = nil) -> String {
        "/wwlogin/sso/login?login_type=CorpApp&appid=\(corp.id)&agentid=\(agent ?? corp.agentIDs[0])"
            + "&redirect_uri=\(redirect)&state=st%2B1"
    }

    private static func inApp(_ corp: TestCorp, scope: String = "snsapi_base") -> String {
        "/connect/oauth2/authorize?appid=\(corp.id)&redirect_uri=\(redirect)&response_type=code&scope=\(scope)"
            + "&state=s1&agentid=\(corp.agentIDs[0])"
    }

    /// Somebody of the corp who may sign in.
    private static func employee(_ corp: TestCorp) async throws -> (id: String, form: [String: String]) {
        let user = try #require(try await corp.control(.get, "sample-users?count=1")["users"]?.elements?.first)
        let id = try #require(user["userid"]?.text)
        return (id, ["account": id, "password": try #require(user["password"]?.text), "action": "allow"])
    }

    private static func code(_ response: TestResponse) throws -> String {
        let location = try #require(response.headers[.location])
        return String(try #require(location.firstMatch(of: /[?&]code=([^&]+)/)?.1))
    }

    @Test("account and password lead back with a code, which names the employee once")
    func webLogin() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let employee = try await Self.employee(corp)
            let page = try await wecom.send(.get, Self.webLogin(corp))
            #expect(String(buffer: page.body).contains("type=\"password\""))
            let answer = try await wecom.submit(Self.webLogin(corp), employee.form)
            #expect(answer.status == .found)
            let location = try #require(answer.headers[.location])
            #expect(location.hasPrefix("http://bridge.example:8081/back?a=1&code="))
            #expect(location.hasSuffix("&state=st%2B1"))
            let code = try Self.code(answer)
            let identity = try await corp.api("auth/getuserinfo", ["code": code])
            #expect(identity["userid"]?.text == employee.id)
            #expect(identity["user_ticket"] == nil)
            #expect(try await corp.api("auth/getuserinfo", ["code": code]).errorCode == 40029)
        }
    }

    @Test("a wrong password shows an error on the page and gives no code")
    func wrongPassword() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let employee = try await Self.employee(corp)
            for form in [["account": employee.id, "password": "x"], ["account": "nobody", "password": "pass-nobody"]] {
                let answer = try await wecom.submit(Self.webLogin(corp), form)
                #expect(answer.status == .ok)
                #expect(String(buffer: answer.body).contains("账号或密码错误"))
                #expect(answer.headers[.location] == nil)
            }
        }
    }

    @Test("a person who refuses comes back with the state and without a code")
    func denied() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            for page in [Self.webLogin(corp), Self.inApp(corp)] {
                let location = try await wecom.submit(page, ["action": "deny"]).headers[.location] ?? ""
                #expect(!location.contains("code="))
                #expect(location.contains("&state=s"))
            }
        }
    }

    @Test("an outsider gets a code that names an openid and no user")
    func outsider() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let form = ["account": "outsider1", "password": "pass-outsider1"]
            let code = try Self.code(try await wecom.submit(Self.webLogin(corp), form))
            let identity = try await corp.api("auth/getuserinfo", ["code": code])
            #expect(identity.errorCode == 0)
            #expect(identity["openid"]?.text?.isEmpty == false)
            #expect(identity["userid"] == nil)
        }
    }

    @Test("a disabled employee cannot sign in")
    func disabled() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let employee = try await Self.employee(corp)
            try await corp.control(.put, "users/\(employee.id)", ["status": 2])
            let answer = try await wecom.submit(Self.webLogin(corp), employee.form)
            #expect(String(buffer: answer.body).contains("账号已被禁用"))
        }
    }

    @Test("the web login turns away who is outside the visible range, the in-app link does not")
    func outOfRange() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let employee = try await Self.employee(corp)
            try await corp.setRange()
            #expect(try await wecom.submit(Self.webLogin(corp), employee.form).status == .forbidden)
            let code = try Self.code(try await wecom.submit(Self.inApp(corp), employee.form))
            #expect(try await corp.api("auth/getuserinfo", ["code": code])["userid"]?.text == employee.id)
        }
    }

    @Test("a wrong link says what is wrong with it")
    func wrongLinks() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            try await corp.control(.put, "apps/\(corp.agentIDs[0])", ["redirectDomain": "bridge.example"])
            let good = Self.webLogin(corp)
            let cases = [
                (good, "-31020"), (good.replacing("CorpApp", with: "Other"), "-31040"),
                (good.replacing(corp.id, with: "ww0"), "-31027"),
                (good.replacing("agentid=", with: "agentid=9"), "-31028"),
                (good.replacing(Self.redirect, with: ""), "-31035"),
            ]
            for (page, code) in cases {
                let answer = try await wecom.send(.get, page)
                #expect(answer.status == .badRequest)
                #expect(String(buffer: answer.body).contains(code))
            }
            try await corp.control(.put, "apps/\(corp.agentIDs[0])", ["redirectDomain": "bridge.example:8081"])
            #expect(try await wecom.send(.get, good).status == .ok)
        }
    }

    @Test("inside the client a person is remembered, and private fields are asked for each time")
    func inApp() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let employee = try await Self.employee(corp)
            let first = try await wecom.submit(Self.inApp(corp), employee.form)
            let cookie = try #require(first.headers[.setCookie]?.prefix { $0 != ";" })
            let headers: HTTPFields = [.cookie: String(cookie)]
            let again = try await wecom.client.execute(uri: Self.inApp(corp), method: .get, headers: headers)
            #expect(again.status == .found)
            let asked = try await wecom.client.execute(
                uri: Self.inApp(corp, scope: "snsapi_privateinfo"),
                method: .get,
                headers: headers
            )
            #expect(asked.status == .ok)
        }
    }

    @Test("consent gives a ticket for the private fields")
    func privateFields() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp()
            let employee = try await Self.employee(corp)
            let page = Self.inApp(corp, scope: "snsapi_privateinfo")
            let code = try Self.code(try await wecom.submit(page, employee.form))
            let ticket = try #require(try await corp.api("auth/getuserinfo", ["code": code])["user_ticket"])
            let detail = try await corp.api("auth/getuserdetail", [:], ["user_ticket": ticket])
            #expect(detail["userid"]?.text == employee.id)
            #expect(detail["mobile"] != nil)
            #expect(detail["name"] == nil)
            #expect(try await corp.api("auth/getuserdetail", [:], ["user_ticket": "x"]).errorCode == 84015)
            try await wecom.control(.post, "clock", ["advanceSeconds": 1_801])
            #expect(try await corp.api("auth/getuserdetail", [:], ["user_ticket": ticket]).errorCode == 84014)
        }
    }

    @Test("a code is good for five minutes, in its own corp and for its own application")
    func codeRules() async throws {
        try await withSimulator { wecom in
            let corp = try await wecom.makeCorp(ownApps: 2)
            let other = try await wecom.makeCorp()
            let id = try await Self.employee(corp).id
            func makeCode() async throws -> String {
                let body: JSON = ["userid": .string(id), "agentID": .integer(corp.agentIDs[0])]
                return try #require(try await corp.control(.post, "sign-in-codes", body)["code"]?.text)
            }
            let code = try await makeCode()
            #expect(try await other.api("auth/getuserinfo", ["code": code]).errorCode == 40029)
            let second = ["access_token": try await corp.token(secret: corp.secrets[1]), "code": code]
            #expect(try await wecom.api("auth/getuserinfo", second).errorCode == 50001)
            let old = try await corp.api("user/getuserinfo", ["code": code])
            #expect(old["UserId"]?.text == id)
            let late = try await makeCode()
            try await wecom.control(.post, "clock", ["advanceSeconds": 301])
            #expect(try await corp.api("auth/getuserinfo", ["code": late]).errorCode == 42003)
        }
    }
}
