import SuiteTesting

/// Takes back everything that was done, lets everything come to rest, and compares it with the truth.
struct Healing: Sendable {
    /// How long services may take to be ready, groups to have read everything, and a run to end.
    ///
    /// The development broker never misses a member that is gone: a group whose members lost it all at once may be without
    /// partitions for as long as a member may take between two polls, five minutes.
    static let patience = Duration.seconds(330)
    /// Runs that a tenant may need until one succeeds.
    private static let tries = 6
    private static let atOnce = 6

    let field: Field
    let logons: Counter
    let inspection: Inspection?

    /// - Parameter tenants: How many of them took part.
    func heal(_ tenants: Int) async {
        guard await note(.stuck, "the suite", { try await undo() }) != nil else { return }
        await withDiscardingTaskGroup { group in
            let lanes = Self.atOnce
            for lane in 0..<lanes {
                group.addTask {
                    for tenant in stride(from: lane, to: tenants, by: lanes) { await heal(tenant: tenant) }
                }
            }
        }
        await judgeGuests()
        await note(.stuck, "what is read", { try await field.suite.waitUntilAllIsRead(within: Self.patience) })
        for tenant in 0..<tenants { await judge(tenant) }
        if let inspection { await note(.stuck, "the inspection", { try await inspection.inspect() }) }
    }

    /// What must come about, and is noted where it does not.
    @discardableResult
    func note<Value>(
        _ kind: Breach.Kind,
        _ subject: String,
        _ body: () async throws -> Value
    ) async -> Value? {
        do {
            return try await body()
        } catch  where !Task.isCancelled {
            field.breaches.note(kind, subject, String("\(error)".prefix(2_000)))
        } catch {}
        return nil
    }

    private func undo() async throws {
        try await field.servers.start()
        for copy in field.copies { copy.heal() }
        try await field.suite.simulator.clearFaults()
        try await field.suite.simulator.tellChanges(["envelope": "data"])
        try await field.suite.simulator.releaseEvents()
        for copy in field.copies {
            _ = try await waitFor("\(copy.victim) to be ready", within: Self.patience, every: .milliseconds(300)) {
                try await copy.process.readiness().status == 200 ? true : nil
            }
        }
    }

    private func heal(tenant: Int) async {
        let connected = field.tenants[tenant]
        await note(.stuck, "tenant \(tenant)") {
            _ = try await waitFor("tenant \(tenant) to be open", within: .seconds(30)) {
                try await field.registry(1).change(connected.provider, ["status": "enabled"])
            }
            try await succeed(connected, "tenant \(tenant)")
        }
    }

    /// Runs until one succeeds; what is held is approved, late as that is.
    func succeed(_ connected: ConnectedTenant, _ subject: String) async throws {
        let registry = field.registry(1)
        var last = "nothing"
        for _ in 0..<Self.tries {
            let started = try await waitFor("a run of \(subject)", within: .seconds(30)) {
                try await registry.startRun(of: connected.provider, ["kind": "full"])
            }
            let run = try await registry.waitForEnd(of: started, within: Self.patience)
            last = "\(run.outcome ?? "-") \(run.reasons)"
            if run.outcome == "held" {
                // Whoever changed, left and came back within a round looks like another human under the same user id.
                _ = try await registry.waitForEnd(
                    of: registry.approve(run, reused: "samePerson"),
                    within: Self.patience
                )
            } else if run.outcome == "succeeded" {
                return
            }
        }
        field.breaches.note(.unhealed, subject, "\(Self.tries) runs, of which the last ended \(last)")
    }

    /// The directory is what WeCom shows, the verifier knows what the directory has, and logons go by that.
    private func judge(_ tenant: Int) async {
        let connected = field.tenants[tenant]
        await note(.unhealed, "tenant \(tenant)") {
            var differences = try await field.suite.differences(of: connected)
            if !differences.isEmpty {
                say(
                    "    tenant \(tenant) has \(differences.count) differences after a run that succeeded; one more run"
                )
                say("      \(differences.prefix(3).map(\.description).joined(separator: "; "))")
                try await succeed(connected, "tenant \(tenant)")
                differences = try await field.suite.differences(of: connected)
            }
            for difference in differences { tell(difference, of: "tenant \(tenant)") }
            do {
                try await field.suite.waitForPrincipals(of: connected)
            } catch  where !Task.isCancelled {
                field.breaches.note(.lostChanges, "tenant \(tenant)", "\(error)")
            }
            guard differences.isEmpty else { return }
            let truth = try await field.suite.simulator.truth(of: connected.corp, agentID: connected.agentID)
            let active = truth.users.filter { [1, 4].contains($0.status ?? 1) }
            field.presence.show(tenant: tenant)
            field.presence.note(active.map { Presence.Person(tenant, $0.userid) })
            try await logOn(tenant)
        }
    }

    func tell(_ difference: Difference, of subject: String) {
        field.breaches.note(.differences, subject, difference.description)
        guard difference.object.hasPrefix("user") else { return }
        let isPresence = difference.field == "presence"
        let isKept = isPresence && difference.expected == "gone"
        field.breaches.note(isKept ? .keptLeavers : .lostChanges, subject, difference.description)
    }

    /// One who is there gets in, and one who left does not.
    private func logOn(_ tenant: Int) async throws {
        let people = field.presence.people(of: tenant)
        guard let person = people.randomElement() else { return }
        let copy = Int.random(in: 1...field.copies(of: .verifier).count)
        let outcome = try await field.logOn(person, copy)
        guard case .succeeded(let tokens) = outcome else {
            field.breaches.note(.unhealed, "tenant \(tenant)", "\(person.key) cannot log on: \(outcome)")
            return
        }
        logons.add()
        field.sessions.keep(tokens, of: person)
    }
}
