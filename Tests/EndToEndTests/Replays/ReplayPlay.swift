import Foundation
import SuiteTesting

/// Does what was drawn while people change in WeCom and runs read it: each tenant's replays in their order beside its
/// runs, and beside them, one after another, what concerns all.
struct ReplayPlay: Sendable {
    let suite: Suite
    let tenants: [ConnectedTenant]
    let deeds: [ReplayDeed]
    let seed: UInt64
    let tally = ReplayTally()

    /// People of each tenant whose names count up.
    static let watched = ["watched.1", "watched.2"]
    /// Fewer leave than what the limits on removals allow in a week.
    private static let leavers = 6

    func play() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for tenant in tenants.indices { group.addTask { try await live(with: tenant) } }
            group.addTask {
                defer { tally.end() }
                for deed in deeds { try await operate(deed) }
            }
            // The first that fails ends all.
            for try await _ in group {}
        }
    }

    private func live(with tenant: Int) async throws {
        var random = SeededGenerator(seed: seed &+ 1 &+ UInt64(tenant))
        var version = 0
        for case .replay(let replay) in deeds where replay.tenant == tenant {
            async let told: Void = tell(replay)
            version += 1
            try await synchronize(tenants[tenant], version, &random)
            try await told
        }
        repeat {
            version += 1
            try await synchronize(tenants[tenant], version, &random)
        } while !tally.isOver
    }

    /// People change, and a run reads it. Not each has to succeed: only in the end everything is as WeCom shows it.
    private func synchronize(
        _ connected: ConnectedTenant,
        _ version: Int,
        _ random: inout SeededGenerator
    ) async throws {
        let somebodyLeaves = version % 3 == 0 && version / 3 <= Self.leavers
        _ = try await suite.simulator.change(
            connected.corp,
            update: 2,
            remove: somebodyLeaves ? 1 : 0,
            add: version % 2,
            move: 1,
            seed: Int.random(in: 1...1_000_000, using: &random)
        )
        for (number, person) in Self.watched.enumerated() {
            try await suite.simulator.put(
                user: person,
                [
                    "name": .string("watched v\(version)"), "department": [1], "mobile": .string("1390000000\(number)"),
                    "email": .string("\(person)@example.com"),
                ],
                in: connected.corp
            )
        }
        if try await suite.synchronize(connected).outcome == "succeeded" { tally.noteSuccess() }
    }

    private func tell(_ replay: ReplayDeed.Replay) async throws {
        var words = ["replay", "--topic", replay.topic, "--rate", "1000", "--why", "a test"]
        words += try await choice(of: replay)
        do {
            _ = try await suite.answer(to: words, within: .seconds(240))
            tally.noteTold()
        } catch let failure as SuiteFailure where Self.isRefusal(failure) {
            tally.noteRefused()
        }
    }

    /// What is said where nothing of what was chosen is the last word any more.
    private static let refusals = ["Nothing of what was chosen", "is not there from its beginning to its end"]

    private static func isRefusal(_ failure: SuiteFailure) -> Bool {
        refusals.contains { failure.log.contains($0) }
    }

    private func choice(of replay: ReplayDeed.Replay) async throws -> [String] {
        let connected = tenants[replay.tenant]
        let provider = ["--idp", connected.provider.id]
        switch replay.choice {
        case .tenant: return ["--tenant", connected.tenant.id]
        case .provider: return provider
        case .run:
            let runs = try await suite.registry.runs(of: connected.provider)
                .filter { $0.kind == "full" && $0.outcome == "succeeded" }
            return provider + (runs.isEmpty ? [] : ["--run", runs[replay.number % runs.count].id])
        case .person:
            let people = try await truth(of: connected).users
            return provider + ["--user", people[replay.number % people.count].userid]
        case .department:
            let departments = try await truth(of: connected).departments
            return provider + ["--department", "\(departments[replay.number % departments.count].id)"]
        case .window:
            let from = Date().addingTimeInterval(-Double(replay.number % 60 + 5))
            let end = from.addingTimeInterval(Double(replay.number % 20 + 5))
            return provider + ["--from", from.formatted(.iso8601), "--to", end.formatted(.iso8601)]
        }
    }

    private func truth(of connected: ConnectedTenant) async throws -> Truth {
        try await suite.simulator.truth(of: connected.corp, agentID: connected.agentID)
    }

    private func operate(_ deed: ReplayDeed) async throws {
        switch deed {
        case .replay: break
        case .reset(let service): try await suite.readAgain(service)
        case .rebuild: try await suite.rebuildDirectory()
        case .exchange: try await suite.rebuildPrincipals()
        case .republication(let ofDirectory):
            try await suite.control(ofDirectory ? "directory" : "configuration", "republish")
        }
    }
}
