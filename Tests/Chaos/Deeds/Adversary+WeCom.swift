import SuiteTesting

extension Adversary {
    /// WeCom answers a tenant otherwise than it should, while a run reads it.
    func befallWeCom(_ fault: Fault) async throws {
        let (_, connected) = try tenant(of: fault)
        var random = SeededGenerator(seed: fault.seed)
        var trouble = WeComFault(using: &random)
        // Half of them look like good answers, which are the worst. What WeCom itself says of one person is the truth.
        let isQuiet = Bool.random(using: &random)
        while trouble.isWord || isQuiet && !trouble.isQuiet { trouble = WeComFault(using: &random) }
        let order = try await field.suite.simulator.order(trouble.order, for: connected.corp)
        _ = try? await field.registry(1).startRun(of: connected.provider)
        await last(fault)
        try await field.suite.simulator.withdraw(order)
    }

    /// Somebody moves, and somebody leaves, at some call of the run that is started.
    func moveWhileRead(_ fault: Fault) async throws {
        let (number, connected) = try tenant(of: fault)
        var random = SeededGenerator(seed: fault.seed)
        let truth = try await field.suite.simulator.truth(of: connected.corp, agentID: connected.agentID)
        let leader = Set(truth.departments.flatMap(\.leaders))
        let people = field.presence.people(of: number).filter { !leader.contains($0.key) }
        var orders: [String] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard let person = people.randomElement(using: &random),
                let department = truth.departments.randomElement(using: &random)
            else { continue }
            let goes = Int.random(in: 0..<4, using: &random) == 0
            if goes { field.presence.cross(out: [person]) }
            let order: JSON
            if goes {
                order = [
                    "path": "user/list", "kind": "change",
                    "afterCalls": .integer(Int.random(in: 0...Field.departments, using: &random)),
                    "change": ["removeUser": .string(person.key)],
                ]
            } else {
                // The department left is read last: in neither's list the person is shown.
                let left = truth.users.first { Presence.Person(number, $0.userid) == person }?.department.first
                order = [
                    "path": "user/list", "kind": "change", "departmentID": .integer(left ?? department.id),
                    "seconds": 1,
                    "change": ["moveUser": .string(person.key), "department": [.integer(department.id)]],
                ]
            }
            orders.append(try await field.suite.simulator.order(order, for: connected.corp))
        }
        _ = try? await field.registry(1).startRun(of: connected.provider)
        await last(fault)
        // One that was met is gone already.
        for order in orders { try? await field.suite.simulator.withdraw(order) }
    }

    /// Events come more than once, later in the wrong order, or not at all; and some, and other callbacks, are made up.
    func befallEvents(_ fault: Fault) async throws {
        let (number, connected) = try tenant(of: fault)
        let simulator = field.suite.simulator
        var random = SeededGenerator(seed: fault.seed)
        let ways: [JSON] = [
            ["envelope": "data", "copies": 3], ["envelope": "suite", "json": true, "copies": 2],
            ["envelope": "data", "lose": 1_000], ["envelope": "data", "held": true],
        ]
        let way = Int.random(in: ways.indices, using: &random)
        try await simulator.tellChanges(ways[way])
        for person in field.presence.people(of: number).shuffled(using: &random).prefix(3) {
            for isForged in [true, false] {
                try? await simulator.push(
                    [
                        "changeType": "delete_user", "fields": ["UserID": .string(person.key)],
                        "forged": .boolean(isForged), "copies": 2,
                    ],
                    of: connected.corp
                )
            }
        }
        for forgery in ["forged", "replayed", "wrong-receiver", "garbled", "garbage", "unknown-event"] {
            _ = try? await simulator.client.json("POST", "/control/send-callback", ["kind": .string(forgery)] as JSON)
        }
        await last(fault)
        try await simulator.releaseEvents(reversed: true)
        try await simulator.tellChanges(["envelope": "data"])
    }

    /// An identity provider is closed: nobody's session lives on, if nothing else keeps the services from hearing it.
    func close(_ fault: Fault, _ round: Round, since start: ContinuousClock.Instant) async throws {
        let (number, connected) = try tenant(of: fault)
        let result = await asyncResult {
            try await field.registry(1).change(connected.provider, ["status": "closed", "confirmClosing": true])
            let closed = ContinuousClock.now
            try await Task.sleep(for: SessionCheck.grace)
            for (person, tokens) in field.sessions.tokens(ofTenant: number) {
                let answer = try? await field.prober(1).isWelcome(tokens)
                let now = Int((ContinuousClock.now - start) / .milliseconds(1))
                let isCalm = round.isCalm(from: Int((closed - start) / .milliseconds(1)), to: now)
                guard answer == true, isCalm else { continue }
                let late = ContinuousClock.now - closed
                field.breaches.note(
                    .lateSessions,
                    "tenant \(number)",
                    "\(person.key) is welcome \(late) after the identity provider was closed"
                )
            }
            await last(fault)
        }
        field.sessions.forget(tenant: number)
        _ = try await waitFor("the opening of tenant \(number)", within: .seconds(30)) {
            try await field.registry(1).change(connected.provider, ["status": "enabled"])
        }
        try result.get()
    }
}
