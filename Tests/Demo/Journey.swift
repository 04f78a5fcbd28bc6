import Foundation
import SuiteTesting

/// What the demo does, step by step.
struct Journey {
    private static let updatedShare = 100
    private static let removedShare = 200
    private static let patience = Duration.seconds(30)

    let addresses: Addresses
    let users: Int
    let departments: Int

    private var simulator: Simulator { Simulator(addresses.simulator) }
    private var registry: Registry { Registry(addresses.registry, key: addresses.registryKey) }
    private var directory: Directory { Directory(addresses.directory, key: addresses.directoryKey) }
    private var employee: Employee {
        Employee(verifier: addresses.verifier, redirectURI: addresses.clientRedirect)
    }
    private var verifierHost: String { addresses.verifier.replacing("http://", with: "") }

    /// - Returns: What was found, and what should be.
    func run() async throws -> (found: DemoResult, promised: DemoResult) {
        let start = ContinuousClock.now
        let corp = try await step("A corp in WeCom with \(users) people in \(departments) departments") {
            try await simulator.makeCorp(users: users, departments: departments)
        }
        let connected = try await step("A tenant, an identity provider, and its authorization by the QR code's page") {
            try await registry.connect(
                "demo_\(UInt32.random(in: 0...999_999))",
                to: corp,
                in: simulator,
                redirectHost: verifierHost
            )
        }
        try await step("A client by which employees log on") {
            try await registry.makeUsualClient(redirectURI: addresses.clientRedirect)
        }
        let first = try await synchronize("The first synchronization", firstRun(of: connected))
        var result = DemoResult()
        result.users = first.counts.users.seen
        result.departments = first.counts.departments.seen
        let changes = try await step("Changes in WeCom: some people have other fields, some are gone") {
            try await simulator.change(
                corp,
                update: max(1, users / Self.updatedShare),
                remove: max(1, users / Self.removedShare)
            )
        }
        let second = try await synchronize(
            "The synchronization of the changes",
            registry.startRun(of: connected.provider)
        )
        result.updated = second.counts.users.updated
        result.disabled = second.counts.users.removed
        result.firstRun = first.outcome ?? "none"
        result.secondRun = second.outcome ?? "none"
        try await compare(connected, &result)
        try await logOn(connected, &result)
        result.seconds = (ContinuousClock.now - start) / .seconds(1)
        let promised = DemoResult.promised(
            users: users,
            departments: departments,
            updated: changes.updated.count,
            removed: changes.removed.count
        )
        return (result, promised)
    }

    private func synchronize(_ what: String, _ run: Registry.Run) async throws -> Registry.Run {
        try await step(what) {
            let bar = ProgressBar(of: users)
            return try await registry.waitForEnd(of: run, within: .seconds(3_600)) { bar.show($0) }
        }
    }

    /// The run that the authorization has started by itself.
    private func firstRun(of connected: ConnectedTenant) async throws -> Registry.Run {
        try await waitFor("the first run", within: .seconds(30)) {
            try await registry.runs(of: connected.provider).first
        }
    }

    private func compare(_ connected: ConnectedTenant, _ result: inout DemoResult) async throws {
        let comparison = try await step("The directory, compared with WeCom field by field") {
            let found = try await directory.users(of: connected.provider)
            let departments = try await directory.departments(of: connected.provider)
            let truth = try await simulator.truth(of: connected.corp, agentID: connected.agentID)
            return (found, Comparison(of: found, and: departments, with: truth))
        }
        result.directoryUsers = comparison.0.filter { $0.state == "active" }.count
        result.differences = comparison.1.differences.count
        for difference in comparison.1.differences.prefix(5) { note("    \(difference)") }
    }

    private func logOn(_ connected: ConnectedTenant, _ result: inout DemoResult) async throws {
        guard let person = try await simulator.employees(of: connected.corp, count: 1).first else { return }
        let logOn = {
            try await employee.logOn(
                enterpriseID: connected.tenant.enterpriseID,
                choosing: connected.title,
                account: person.userid,
                password: person.password
            )
        }
        switch try await step("An employee logs on with WeCom", { try await onceKnown(logOn) }) {
        case .succeeded(let tokens):
            result.logon = "succeeded"
            note("    ID token: \(String(decoding: tokens.claims, as: UTF8.self))")
        case .refused(let reason): result.logon = reason
        }
        try await step("The identity provider is closed") {
            try await registry.change(connected.provider, ["status": "closed", "confirmClosing": true])
        }
        let refused = try await step("The employee tries again, and is told why not") {
            try await waitFor("the refusal", within: .seconds(10)) {
                if case .refused(let reason) = try await logOn() { return reason }
                return nil
            }
        }
        result.closedLogon = refused
        try await step("The identity provider is opened again, to look at in the console") {
            try await registry.change(connected.provider, ["status": "enabled"])
        }
    }

    /// The verifier hears of people some moments after a run has ended: a person whom it does not know yet tries again.
    private func onceKnown(_ logOn: () async throws -> Employee.Outcome) async throws -> Employee.Outcome {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let outcome = try await logOn()
            guard case .refused("user_unknown") = outcome, ContinuousClock.now < deadline else { return outcome }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    @discardableResult
    private func step<Value>(_ what: String, _ body: () async throws -> Value) async throws -> Value {
        note("  \(what)")
        return try await body()
    }
}

/// Says something to the person at the terminal; results go to standard output.
func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
