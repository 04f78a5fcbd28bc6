import Foundation
import SuiteTesting
import Testing

/// OpenID Connect clients of others' making, against the real service.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(
        if: SuiteGround.isAvailable && ForeignClients.python != nil,
        "compose/local test gives broker, database, programs and a Python with OpenID Connect clients"
    )
)
struct OpenIDClientTests {
    @Test(
        "a client that knows nothing of us logs on, refreshes, asks, revokes, pushes and logs off",
        arguments: ["authlib_client", "idpyoidc_client"],
        ["ES256", "RS256"]
    )
    func clients(script: String, algorithm: String) async throws {
        let port = try FreePort.find()
        try await withJudgedSuite("openid") { suite in
            let client = try await suite.registry.makeClient([
                "name": "foreign", "clientID": "foreign", "authentication": "client_secret",
                "redirectURIs": ["http://127.0.0.1:9/foreign"], "postLogoutRedirectURIs": ["http://127.0.0.1:9/bye"],
                "idTokenAlgorithm": .string(algorithm),
                "backchannelLogoutURI": .string("http://127.0.0.1:\(port)/told"),
            ])
            let corp = try await suite.simulator.makeCorp(users: 20, departments: 3)
            let connected = try await suite.registry.connect(
                "openid",
                to: corp,
                in: suite.simulator,
                redirectHost: suite.verifierHost
            )
            let first = try await waitFor("the run that the authorization starts", within: .seconds(30)) {
                try await suite.registry.runs(of: connected.provider).first
            }
            #expect(try await suite.registry.waitForEnd(of: first).outcome == "succeeded")
            let person = try await suite.simulator.employees(of: corp, count: 1)[0]
            _ = try await suite.logOn(person, to: connected)
            let errand = ForeignClients.Errand(
                issuer: suite.employee.verifier.base,
                secret: try #require(client.secret),
                algorithm: algorithm,
                toldPort: port,
                enterprise: connected.tenant.enterpriseID,
                title: connected.title,
                account: person.userid,
                password: person.password
            )
            let (status, output) = try await ForeignClients.run(script, errand)
            #expect(status == 0, "\(output)")
        }
    }
}
