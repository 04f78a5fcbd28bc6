import SuiteTesting
import Testing

extension Suite {
    /// Starts a run and waits for its end.
    func synchronize(_ connected: ConnectedTenant) async throws -> Registry.Run {
        try await registry.waitForEnd(of: registry.startRun(of: connected.provider))
    }

    /// Makes a corp and connects a tenant to it by an own app, whose run is still to be started.
    func connect(_ name: String, users: Int, departments: Int, seed: Int = 1) async throws -> ConnectedTenant {
        let corp = try await simulator.makeCorp(users: users, departments: departments, seed: seed)
        return try await registry.connect(name, toOwnAppOf: corp)
    }

    /// Logs somebody on, as soon as the verifier knows them.
    func logOn(_ person: Simulator.Employee, to connected: ConnectedTenant) async throws -> Employee.Tokens {
        try await waitFor("the logon of \(person.userid)") {
            let outcome = try await employee.logOn(
                enterpriseID: connected.tenant.enterpriseID,
                choosing: connected.title,
                account: person.userid,
                password: person.password
            )
            if case .succeeded(let tokens) = outcome { return tokens }
            return nil
        }
    }
}
