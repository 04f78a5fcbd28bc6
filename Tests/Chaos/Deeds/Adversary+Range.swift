import SuiteTesting

extension Adversary {
    private struct App: Decodable {
        struct Range: Decodable {
            let departments: [Int]
            let users: [String]
            let tags: [Int]
        }

        let visibleRange: Range
    }

    /// The app sees one or two departments only while a run reads, and later as much as before.
    func narrowRange(_ fault: Fault) async throws {
        let (number, connected) = try tenant(of: fault)
        let (simulator, corp, agent) = (field.suite.simulator, connected.corp, connected.agentID)
        var random = SeededGenerator(seed: fault.seed)
        let before = try await simulator.client.json("GET", "/control/corps/\(corp.corpID)/apps/\(agent)")
            .decode(App.self).visibleRange
        let truth = try await simulator.truth(of: corp, agentID: agent)
        let count = Int.random(in: 1...2, using: &random)
        let departments = truth.departments.map(\.id).shuffled(using: &random).prefix(count)
        // Whoever may be outside for a while may be without access.
        field.presence.cross(out: truth.users.map { Presence.Person(number, $0.userid) })
        let result = await asyncResult {
            try await simulator.setVisibleRange(departments: Array(departments), of: agent, in: corp)
            _ = try? await field.registry(1).startRun(of: connected.provider)
            await last(fault)
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
        let after = try await simulator.truth(of: corp, agentID: agent)
        field.presence.welcomeBack(after.users.map { Presence.Person(number, $0.userid) })
        try result.get()
    }
}
