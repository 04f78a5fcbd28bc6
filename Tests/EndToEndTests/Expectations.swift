import Foundation
import Logging
import Postgres
import SuiteTesting
import Testing

extension Suite {
    /// Compares the directory with what the corp's app shows.
    func differences(of connected: ConnectedTenant) async throws -> [Difference] {
        let truth = try await simulator.truth(of: connected.corp, agentID: connected.agentID)
        let users = try await directory.users(of: connected.provider)
        let departments = try await directory.departments(of: connected.provider)
        return Comparison(of: users, and: departments, with: truth).differences
    }

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
        try await waitFor("the logon of \(person.userid)", within: .seconds(20)) {
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

    /// Asks the suite's database for one number.
    func count(_ statement: SQL) async throws -> Int {
        try await query(statement).first?.decode(Int.self) ?? 0
    }

    /// Asks the suite's database.
    func query(_ statement: SQL) async throws -> [Row] {
        let database = Database(url: databaseURL, connections: 1, logger: Logger(label: "end-to-end"))
        let result = await Result { try await database.run(statement) }
        await database.close()
        return try result.get()
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
