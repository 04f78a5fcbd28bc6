import SuiteTesting

/// Plays a history in a suite, and looks after each run whether anything happened that must not.
struct HistoryPlay {
    let suite: Suite
    let history: History
    /// Tells this play's corp and tenant from those of others.
    let name: String

    /// - Returns: What happened that must not, a sentence each.
    func complaints() async throws -> [String] {
        let connected = try await suite.connect(
            name,
            users: history.people,
            departments: history.departments,
            seed: Int(truncatingIfNeeded: history.seed & 0xFFFF) + 1
        )
        var complaints = try await run(connected, "the first run")
        for (number, step) in history.steps.enumerated() where complaints.isEmpty {
            complaints = try await play(step, connected, "run \(number + 1)")
        }
        guard complaints.isEmpty else { return complaints }
        return try await heal(connected)
    }

    private func play(_ step: History.Step, _ connected: ConnectedTenant, _ what: String) async throws -> [String] {
        let (wecom, corp) = (suite.simulator, connected.corp)
        _ = try await wecom.change(
            corp,
            update: step.update,
            remove: step.remove,
            add: step.add,
            move: step.move,
            seed: step.changes
        )
        var orders: [String] = []
        if let meanwhile = step.meanwhile, let change = try await change(meanwhile.kind, of: connected, step.changes) {
            orders.append(
                try await wecom.order(
                    [
                        "path": "user/list", "kind": "change", "afterCalls": .integer(meanwhile.call), "change": change,
                    ],
                    for: corp
                )
            )
        }
        if let fault = step.fault { orders.append(try await wecom.order(fault.order, for: corp)) }
        let complaints = try await run(connected, what)
        for order in orders { try? await wecom.withdraw(order) }
        return complaints
    }

    private func change(
        _ kind: History.Step.Meanwhile,
        of connected: ConnectedTenant,
        _ number: Int
    ) async throws -> JSON? {
        let truth = try await suite.simulator.truth(of: connected.corp, agentID: connected.agentID)
        guard !truth.users.isEmpty, !truth.departments.isEmpty else { return nil }
        let user = truth.users[number % truth.users.count].userid
        let department = truth.departments[number % truth.departments.count].id
        switch kind {
        case .goes: return ["removeUser": .string(user)]
        case .moves: return ["moveUser": .string(user), "department": [.integer(department)]]
        }
    }

    /// Runs once, and looks whether somebody lost access whom WeCom has, and whether the figures add up.
    private func run(_ connected: ConnectedTenant, _ what: String) async throws -> [String] {
        let run = try await suite.registry.waitForEnd(of: suite.registry.startRun(of: connected.provider))
        var complaints: [String] = []
        if !run.counts.users.addUp || !run.counts.departments.addUp {
            complaints.append("\(what) (\(run.outcome ?? "-")): its figures do not add up: \(run.counts)")
        }
        let directory = try await suite.directory.users(of: connected.provider)
        let truth = try await suite.simulator.truth(of: connected.corp, agentID: connected.agentID)
        let there = Dictionary(truth.users.map { ($0.userid.lowercased(), $0.status ?? 1) }) { $1 }
        for user in directory where user.state == "removed" {
            guard there[user.externalID.lowercased()] != nil else { continue }
            complaints.append(
                "\(what) (\(run.outcome ?? "-") \(run.reasons)): \(user.externalID) is removed, and in WeCom"
            )
        }
        for user in directory where user.state == "active" && !user.enabled {
            guard [1, 4].contains(there[user.externalID.lowercased()]) else { continue }
            complaints.append("\(what) (\(run.outcome ?? "-")): \(user.externalID) is disabled, and active in WeCom")
        }
        return complaints
    }

    /// Two healthy runs, and an administrator who agrees to what is held: then the directory is what WeCom shows.
    private func heal(_ connected: ConnectedTenant) async throws -> [String] {
        var complaints = try await run(connected, "the first healthy run")
        let last = try await suite.registry.waitForEnd(of: suite.registry.startRun(of: connected.provider))
        if last.outcome == "held" {
            _ = try await suite.registry.waitForEnd(of: suite.registry.approve(last))
            complaints += try await run(connected, "the run after the approval")
        } else if last.outcome != "succeeded" {
            complaints.append("the second healthy run ended \(last.outcome ?? "-"): \(last.reasons)")
        }
        complaints += try await suite.differences(of: connected).map(\.description)
        return complaints
    }
}
