import SuiteTesting
import Testing

/// From the QR code to a logon, and to its end.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct LogonTests {
    @Test("who left WeCom is logged off by the next run, who stays is not, and closing ends its sessions")
    func endsOfSessions() async throws {
        try await withJudgedSuite("logon") { suite in
            let corp = try await suite.simulator.makeCorp(users: 300, departments: 10)
            let connected = try await suite.registry.connect(
                "logon",
                to: corp,
                in: suite.simulator,
                redirectHost: suite.verifierHost
            )
            let first = try await waitFor("the run that the authorization starts") {
                try await suite.registry.runs(of: connected.provider).first
            }
            #expect(try await suite.registry.waitForEnd(of: first).outcome == "succeeded")
            let people = try await suite.simulator.employees(of: corp, count: 2)
            let leaver = try await suite.logOn(people[0], to: connected)
            let stayer = try await suite.logOn(people[1], to: connected)

            try await suite.simulator.client.json("DELETE", "/control/corps/\(corp.corpID)/users/\(people[0].userid)")
            #expect(try await suite.synchronize(connected).counts.users.removed == 1)
            _ = try await waitFor("the end of the leaver's session", within: .seconds(10)) {
                try await suite.employee.isWelcome(leaver) ? nil : true
            }
            #expect(try await suite.employee.isWelcome(stayer))
            #expect(try await suite.employee.refresh(leaver.refresh_token ?? "") == nil)

            try await closeClient(of: people[1], in: connected, suite)
            #expect(try await suite.employee.isWelcome(stayer))

            try await suite.registry.change(connected.provider, ["status": "closed", "confirmClosing": true])
            _ = try await waitFor("the end of the other session", within: .seconds(10)) {
                try await suite.employee.isWelcome(stayer) ? nil : true
            }
        }
    }

    /// Logs somebody on by a client of the tenant's own that was made just now, and disables it.
    private func closeClient(
        of person: Simulator.Employee,
        in connected: ConnectedTenant,
        _ suite: Suite
    ) async throws {
        let client = try await suite.registry.makeClient([
            "name": "own", "authentication": "none", "tenantID": .string(connected.tenant.id),
            "redirectURIs": [.string(suite.employee.redirectURI)],
        ])
        let employee = Employee(
            verifier: suite.employee.verifier.base,
            redirectURI: suite.employee.redirectURI,
            clientID: client.clientID
        )
        let tokens = try await waitFor("the logon by the new client") {
            let outcome = try? await employee.logOn(
                enterpriseID: connected.tenant.enterpriseID,
                choosing: connected.title,
                account: person.userid,
                password: person.password
            )
            if case .succeeded(let tokens)? = outcome { return tokens }
            return nil
        }
        #expect(try await employee.isWelcome(tokens))
        _ = try await suite.registry.change(client, to: ["status": "disabled"])
        _ = try await waitFor("the end of the client's session", within: .seconds(5)) {
            try await employee.isWelcome(tokens) ? nil : true
        }
    }
}
