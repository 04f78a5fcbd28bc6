import Foundation
import HTTPTypes
import HummingbirdTesting
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Verifier

@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct RefusedLogonTests {
    /// What WeCom and the directory say, and the reason that follows.
    struct Case: Sendable, CustomTestStringConvertible {
        let reason: LogonReason
        var person: FakeWeCom.Person = .member("ZhangSan")
        var failing: (path: String, code: Int)?
        var isVisible = true

        var testDescription: String { reason.rawValue }

        static let all = [
            Case(reason: .notAMember, person: .outsider),
            Case(reason: .otherCorp, person: .member("wwother/LiSi")),
            Case(reason: .userUnknown, person: .member("WangWu")),
            Case(reason: .outsideVisibleRange, person: .member("WangWu"), isVisible: false),
            Case(reason: .codeExpired, failing: ("auth/getuserinfo", 40029)),
            Case(reason: .codeExpired, failing: ("auth/getuserinfo", 42022)),
            Case(reason: .wecomUnavailable, failing: ("auth/getuserinfo", 502)),
            Case(reason: .wecomUnavailable, failing: ("auth/getuserinfo", -1)),
            Case(reason: .wecomUnavailable, failing: ("gettoken", 45009)),
            Case(reason: .authorizationRevoked, failing: ("gettoken", 40084)),
            Case(reason: .authorizationRevoked, failing: ("auth/getuserinfo", 48004)),
            Case(reason: .identityProviderNotAuthorized, failing: ("gettoken", 40001)),
            Case(reason: .identityProviderNotAuthorized, failing: ("auth/getuserinfo", 60020)),
            Case(reason: .identityProviderNotAuthorized, failing: ("auth/getuserinfo", 50001)),
        ]
    }

    @Test("a failed logon names its reason, who can mend it, and a diagnosis that operators find")
    func reasons() async throws {
        try await Bench.run { bench in
            for expected in Case.all {
                let configuration = try await bench.enterprise()
                if expected.isVisible { bench.wecom.show("WangWu") } else { bench.wecom.hide("WangWu") }
                if let (path, code) = expected.failing { bench.wecom.fail(path, with: code) }
                let browser = bench.browser
                let state = try await bench.begin(configuration, in: browser)
                let page = try await bench.finish(state, as: expected.person, in: browser)
                if let (path, _) = expected.failing { bench.wecom.fail(path, with: nil) }
                // All of them have the same credentials, whose refusal is remembered.
                try await bench.wiring.database.run("delete from verifier.refused_credentials")
                #expect(page.element("reason") == expected.reason.rawValue, "\(expected)")
                #expect(page.status == expected.reason.status)
                #expect(page.text.contains(expected.reason.explanation.chinese))
                let error = expected.reason == .wecomUnavailable ? "temporarily_unavailable" : "access_denied"
                #expect(page.links.contains { $0.hasPrefix(Bench.redirectURI + "?error=\(error)") })

                let id = try #require(page.element("diagnosis"))
                let diagnosis = try await bench.diagnosis(id)
                #expect(diagnosis.reason == expected.reason.rawValue)
                #expect(diagnosis.clientID == "sase")
                #expect(diagnosis.idpID == configuration.id)
                if let (_, code) = expected.failing, code != 502 { #expect(diagnosis.wecom?.code == code) }
                try await eventually("the failure is on auth.events.v1") {
                    try await bench.events(LogonFailed.self, of: configuration.id)
                        == [LogonFailed(reason: expected.reason.rawValue, diagnosis: id, clientID: "sase")]
                }
            }
        }
    }

    @Test("a person whom WeCom sends back without a code was denied")
    func denied() async throws {
        try await Bench.run { bench in
            let browser = bench.browser
            let state = try await bench.begin(bench.enterprise(), in: browser)
            let page = try await browser.get("/logon/callback?state=\(state)")
            #expect(page.element("reason") == "denied")
        }
    }

    @Test("a disabled person is told so")
    func disabled() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let person = try Bench.person("ZhangSan", in: configuration, kind: .disabled, isEnabled: false)
            try await bench.change([person], in: configuration, epoch: 2)
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser)
            let page = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            #expect(page.element("reason") == "user_disabled")
        }
    }

    @Test("a client or redirect_uri that is not known gets a page and no redirect")
    func untrusted() async throws {
        try await Bench.run { bench in
            for wrong in [["client_id": "evil"], ["redirect_uri": "https://evil.test/"], ["redirect_uri": nil]] {
                let response = try await bench.browser.get(Bench.authorizeURI(wrong))
                #expect(response.status == .badRequest)
                #expect(response.headers[.location] == nil)
                #expect(response.text.contains("请求有误"))
            }
            let challenge = try await bench.browser.get(Bench.authorizeURI(["code_challenge": nil]))
            #expect(challenge.query("error") == "invalid_request")
            #expect(challenge.query("state") == "client state")
        }
    }

    @Test("diagnoses are the operator's alone")
    func operatorsAlone() async throws {
        try await Bench.run { bench in
            #expect(try await bench.browser.get("/api/v1/diagnoses/AAAA-BBBB-CCCC").status == .unauthorized)
            let wrong = try await bench.browser.get(
                "/api/v1/diagnoses/AAAA-BBBB-CCCC",
                headers: [.authorization: "Bearer \(Bench.operatorKey)x"]
            )
            #expect(wrong.status == .unauthorized)
            let none = try await bench.browser.get(
                "/api/v1/diagnoses/AAAA-BBBB-CCCC",
                headers: [.authorization: "Bearer \(Bench.operatorKey)"]
            )
            #expect(none.status == .notFound)
        }
    }

    @Test("native clients log on with a code and the right schema")
    func native() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let options = try await bench.browser.get(
                "/api/v1/enterprises/\(configuration.enterpriseID)/logon-options"
            ).json
            let item = try #require((options["items"] as? [[String: Any]])?.first)
            #expect(item["description"] as? String == "WeCom data source")
            #expect(item["schema"] as? String == "wwauth4151efa784c9324d000002")
            #expect(item["corpID"] as? String == FakeWeCom.corpID)

            let wrong = Bench.nativeBeginning(configuration, ["schema": "wwauth4151efa784c9324d000003"])
            let refused = try await bench.browser.post("/api/v1/logon/wecom-state", json: wrong)
            #expect(refused.status == .forbidden)
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect(try refused.json["reason"] as? String == "schema_mismatch")
            #expect(try refused.json["whoActs"] as? String == "enterpriseAdministrator")
            let id = try #require(try refused.json["diagnosisID"] as? String)
            #expect(try await bench.diagnosis(id).clientID == "sase")

            let tokens = try await bench.nativeLogon(to: configuration).tokens
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
            #expect(try await bench.refresh(tokens.refreshToken!).status == .ok)
            let used = try await bench.nativeLogon(to: configuration, code: "used before")
            #expect(try used.json["reason"] as? String == "code_expired")
        }
    }

    @Test("a native client's mistakes are all listed")
    func nativeMistakes() async throws {
        try await Bench.run { bench in
            let beginning = ["enterpriseID": "?", "idpID": "?", "schema": "", "clientID": "sase", "codeChallenge": "?"]
            let back = ["code": "", "state": "", "ticket": "", "codeVerifier": "", "clientID": "sase"]
            for (path, body, fields) in [
                ("wecom-state", beginning, ["enterpriseID", "idpID", "codeChallenge"]),
                ("wecom-code", back, ["code", "state", "ticket", "codeVerifier"]),
            ] {
                let response = try await bench.browser.post("/api/v1/logon/\(path)", json: body)
                #expect(response.status == .badRequest)
                let errors = try response.json["errors"] as? [[String: Any]]
                #expect(errors?.compactMap { $0["field"] as? String } == fields)
            }
            let nobody = try await bench.browser.get("/api/v1/enterprises/zzzzzzzzzz/logon-options")
            #expect(nobody.status == .notFound)
            #expect(try nobody.json["reason"] as? String == "unknown_enterprise")
        }
    }
}
