import SuiteTesting

/// What people and administrators do all the time: changes in WeCom, runs, logons, drawn from a seed for each tenant.
///
/// Whatever is refused or not answered is left at that: the services are under attack.
struct Work: Sendable {
    private enum Deed: CaseIterable { case change, leave, comeBack, run, decide, logon }

    private static let pauses = 200...1_500
    /// Nobody is to go from a tenant of whom so few are left.
    private static let fewest = 12

    let field: Field
    let logons: Counter

    /// Goes on until the task is cancelled.
    func go(on round: Round, at rest: Int?) async {
        await withDiscardingTaskGroup { group in
            for tenant in 0..<round.tenants where tenant != rest {
                group.addTask { await work(on: tenant, SeededGenerator(seed: round.seed &+ UInt64(tenant))) }
            }
        }
    }

    private func work(on tenant: Int, _ generator: SeededGenerator) async {
        var random = generator
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(Int.random(in: Self.pauses, using: &random)))
            guard !Task.isCancelled, let deed = Deed.allCases.randomElement(using: &random) else { return }
            let (seed, copy) = (random.next(), Int.random(in: 1...field.copies(of: .registry).count, using: &random))
            switch deed {
            case .change: try? await change(tenant, seed)
            case .leave: try? await leave(tenant, seed)
            case .comeBack: try? await comeBack(tenant, seed)
            case .decide: try? await decide(tenant, seed, copy)
            case .run: _ = try? await field.registry(copy).startRun(of: field.tenants[tenant].provider)
            case .logon: try? await logOn(tenant, seed, copy)
            }
        }
    }

    private func change(_ tenant: Int, _ seed: UInt64) async throws {
        let changes = try await field.suite.simulator.change(
            field.tenants[tenant].corp,
            update: Int(seed % 3),
            add: Int(seed / 3 % 2),
            move: Int(seed / 6 % 3),
            seed: Int(seed >> 33)
        )
        field.presence.note(changes.added.map { Presence.Person(tenant, $0) })
    }

    private func leave(_ tenant: Int, _ seed: UInt64) async throws {
        let people = field.presence.people(of: tenant)
        guard people.count > Self.fewest else { return }
        let person = people[Int(seed % UInt64(people.count))]
        let connected = field.tenants[tenant]
        let truth = try await field.suite.simulator.truth(of: connected.corp, agentID: connected.agentID)
        let record = truth.users.first { Presence.Person(tenant, $0.userid) == person }
        field.presence.cross(out: [person])
        try await field.suite.simulator.remove(user: person.key, in: connected.corp)
        if let record { field.leavers.note(record, of: tenant) }
    }

    /// Somebody who left is back under the same user id.
    private func comeBack(_ tenant: Int, _ seed: UInt64) async throws {
        guard let leaver = field.leavers.take(from: tenant, seed) else { return }
        try await field.suite.simulator.put(
            user: leaver.userid,
            [
                "name": .string(leaver.name ?? leaver.userid), "department": [1],
                "mobile": leaver.mobile.map { .string($0) } ?? .null,
                "email": leaver.email.map { .string($0) } ?? .null,
            ],
            in: field.tenants[tenant].corp
        )
        field.presence.welcomeBack([Presence.Person(tenant, leaver.userid)])
    }

    /// What some run held is approved, be it long ago.
    private func decide(_ tenant: Int, _ seed: UInt64, _ copy: Int) async throws {
        // Whoever is out of view is not to go, so nobody agrees.
        guard field.presence.hidden(of: tenant).isEmpty else { return }
        let registry = field.registry(copy)
        let held = try await registry.runs(of: field.tenants[tenant].provider).filter { $0.outcome == "held" }
        guard !held.isEmpty else { return }
        _ = try await registry.approve(held[Int(seed % UInt64(held.count))])
    }

    private func logOn(_ tenant: Int, _ seed: UInt64, _ copy: Int) async throws {
        let people = field.presence.people(of: tenant)
        guard !people.isEmpty else { return }
        let person = people[Int(seed % UInt64(people.count))]
        if case .succeeded(let tokens) = try await field.logOn(person, copy) {
            field.sessions.keep(tokens, of: person)
            logons.add()
        }
    }
}

extension Field {
    /// Logs somebody on through the pages of one copy of the verifier.
    func logOn(_ person: Presence.Person, _ copy: Int) async throws -> Employee.Outcome {
        struct Account: Decodable {
            let account: String
            let password: String
        }
        let connected = tenants[person.tenant]
        let account = try await suite.simulator.client.json(
            "GET",
            "/control/corps/\(connected.corp.corpID)/users/\(person.key)/password"
        ).decode(Account.self)
        return try await employee(copy).logOn(
            enterpriseID: connected.tenant.enterpriseID,
            choosing: connected.title,
            account: account.account,
            password: account.password
        )
    }
}
