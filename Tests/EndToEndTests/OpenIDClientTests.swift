import Foundation
import SuiteTesting
import Testing

/// OpenID Connect clients of others' making, against the real service.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(
        if: SuiteGround.isAvailable && ForeignClients.python != nil && ForeignClients.apache != nil,
        "compose/local test gives broker, database, programs, OpenID Connect clients in Python, and Apache with its own"
    )
)
struct OpenIDClientTests {
    @Test(
        "a client that knows nothing of us logs on, refreshes, asks, revokes, pushes and logs off",
        arguments: ["ES256", "RS256"]
    )
    func libraries(algorithm: String) async throws {
        try await run([.library("authlib_client"), .library("idpyoidc_client")], algorithm)
    }

    @Test("Apache's module guards a page and an API, refreshes, logs off, and lets in nobody who was disabled")
    func apache() async throws {
        try await run([.server("apache_client")], "RS256")
    }

    /// Runs the clients one after the other in one suite.
    private func run(_ applications: [ForeignClients.Application], _ algorithm: String) async throws {
        try await withJudgedSuite("openid") { suite in
            var secrets: [String] = []
            for application in applications {
                secrets.append(try await register(application, algorithm, in: suite))
            }
            let corp = try await suite.simulator.makeCorp(users: 20, departments: 3)
            let connected = try await suite.registry.connect(
                "openid",
                to: corp,
                in: suite.simulator,
                redirectHost: suite.verifierHost
            )
            let first = try await waitFor("the run that the authorization starts") {
                try await suite.registry.runs(of: connected.provider).first
            }
            #expect(try await suite.registry.waitForEnd(of: first).outcome == "succeeded")
            let person = try await suite.simulator.employees(of: corp, count: 1)[0]
            _ = try await suite.logOn(person, to: connected)
            for (application, secret) in zip(applications, secrets) {
                let errand = ForeignClients.Errand(
                    issuer: suite.employee.verifier.base,
                    client: application.script,
                    secret: secret,
                    redirect: application.redirect,
                    bye: application.bye,
                    algorithm: algorithm,
                    toldPort: application.port,
                    enterprise: connected.tenant.enterpriseID,
                    title: connected.title,
                    account: person.userid,
                    password: person.password,
                    wecom: suite.simulator.client.base,
                    corp: corp.corpID
                )
                let (status, output) = try await ForeignClients.run(application.script, errand)
                #expect(status == 0, "\(application.script): \(output)")
            }
        }
    }

    /// - Returns: The client's secret.
    private func register(
        _ application: ForeignClients.Application,
        _ algorithm: String,
        in suite: Suite
    ) async throws -> String {
        let client = try await suite.registry.makeClient([
            "name": .string(application.script), "clientID": .string(application.script),
            "authentication": "client_secret", "redirectURIs": ["http://127.0.0.1/foreign"],
            "postLogoutRedirectURIs": [.string(application.bye)], "idTokenAlgorithm": .string(algorithm),
            "backchannelLogoutURI": .string(application.told),
        ])
        return try #require(client.secret)
    }
}
