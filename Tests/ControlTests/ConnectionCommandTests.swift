import ArgumentParser
import Runtime
import Testing

@testable import Control

/// `bridgectl preflight` and `bridgectl egress`.
@Suite(.timeLimit(.minutes(5))) struct ConnectionCommandTests {
    private static let idp = "0198c0de-0000-7000-8000-000000000001"

    @Test("a preflight is told check by check, with who acts and how, and fails when a check does")
    func preflight() async throws {
        let answer = """
            {"checks":[{"name":"token","outcome":"passed","finding":"WeCom takes the credentials."},
            {"name":"app","outcome":"failed","finding":"The app is disabled.","fix":"Enable it.","whoActs":"operator"}]}
            """
        let sent = try await withRegistry(answer) { environment in
            let (text, hasPassed) = try await Preflight.parse(["--idp", Self.idp]).outcome(environment)
            #expect(!hasPassed)
            #expect(
                text == """
                    passed: token: WeCom takes the credentials.
                    failed: app: The app is disabled.
                        operator: Enable it.
                    """
            )
        }
        #expect(sent == ["POST /api/v1/idps/\(Self.idp)/preflight {}"])
    }

    @Test("a proxy is set with the password of the environment, shown without it, and taken back")
    func egress() async throws {
        let answer = #"{"egress":{"host":"proxy.example.com","port":3128,"hasCredentials":true}}"#
        let sent = try await withRegistry(answer) { environment in
            let with = environment.setting(["EGRESS_PASSWORD": "secret"])
            let set = ["--idp", Self.idp, "--host", "proxy.example.com", "--port", "3128", "--user", "ann"]
            let told = try await EgressCommand.parse(set).outcome(with)
            #expect(told == "calls leave by the proxy proxy.example.com:3128, with a user and a password")
            await #expect(throws: ConfigurationErrors.self) {
                try await EgressCommand.parse(set).outcome(environment)
            }
            _ = try await EgressCommand.parse(["--idp", Self.idp]).outcome(environment)
            _ = try await EgressCommand.parse(["--idp", Self.idp, "--none"]).outcome(environment)
        }
        let path = "/api/v1/idps/\(Self.idp)"
        let credentials = #"{"password":"secret","user":"ann"}"#
        #expect(
            sent == [
                "PATCH \(path) {\"egress\":{\"credentials\":\(credentials),"
                    + "\"host\":\"proxy.example.com\",\"port\":3128}}",
                "GET \(path) ", "PATCH \(path) {\"egress\":null}",
            ]
        )
    }

    @Test(
        "options that do not belong together are refused",
        arguments: [
            ["--idp", "x"], ["--idp", idp, "--host", "proxy"], ["--idp", idp, "--port", "1"],
            ["--idp", idp, "--user", "ann"], ["--idp", idp, "--none", "--host", "proxy", "--port", "1"],
        ]
    )
    func options(arguments: [String]) {
        #expect(throws: (any Error).self) { try EgressCommand.parse(arguments) }
    }
}
