import SuiteTesting

extension Adversary {
    /// How long after one run another is asked for.
    private static let rest = Duration.seconds(1)
    /// How long a run may take that reads so little.
    private static let patience = Duration.seconds(20)

    /// The app sees one small department alone for a while, as when an administrator means well. Whoever is out of view
    /// is in WeCom, and no more of them may lose access than limits allow.
    func narrowRange(_ fault: Fault) async throws {
        let (number, connected) = try tenant(of: fault)
        let (simulator, corp, agent) = (field.suite.simulator, connected.corp, connected.agentID)
        let before = try await simulator.visibleRange(of: agent, in: corp)
        let truth = try await simulator.truth(of: corp, agentID: agent)
        guard let department = truth.smallestDepartment else {
            throw Impossible(description: "tenant \(number) has no departments")
        }
        field.presence.hide(tenant: number)
        let result = await asyncResult {
            try await simulator.setVisibleRange(departments: [department], of: agent, in: corp)
            let end = ContinuousClock.now + .milliseconds(fault.lasting)
            while ContinuousClock.now < end {
                if let run = try? await field.registry(1).startRun(of: connected.provider) {
                    _ = try? await field.registry(1).waitForEnd(of: run, within: Self.patience)
                }
                try await Task.sleep(for: Self.rest)
            }
        }
        try await insist(on: "the whole range of tenant \(number)") {
            try await simulator.setVisibleRange(
                departments: before.departments,
                users: before.users,
                tags: before.tags,
                of: agent,
                in: corp
            )
        }
        try result.get()
    }
}

extension Truth {
    /// Of the departments below which there are none, the one with the fewest people.
    fileprivate var smallestDepartment: Int? {
        let parents = Set(departments.map(\.parentid))
        func people(in department: Int) -> Int { users.count { $0.department.contains(department) } }
        let leaves = departments.map(\.id).filter { !parents.contains($0) }
        return leaves.min { (people(in: $0), $0) < (people(in: $1), $1) }
    }
}
