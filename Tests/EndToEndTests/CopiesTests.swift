import Postgres
import SuiteTesting
import Testing

/// Fetchers, mappers and writers that share the work, of which some are killed, paused and added while runs go on
/// (architecture.md §3.1, §5).
///
/// The copies that are paused are the fetcher that has a run, and the mapper and the writer that have no partition, as the
/// development broker never takes partitions from a member that is silent; the writer may be the one that publishes.
/// That partitions go to others after the session's time `GroupTests` of the Kafka module show on a mock cluster.
@Suite(
    .serialized,
    .timeLimit(.minutes(20)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct CopiesTests {
    /// What befalls one copy of each service in the middle of everybody's runs.
    private enum Trouble: CaseIterable { case killed, paused, added }

    private static let lease = Proof.size(15, small: 5)
    private static let pause = Proof.size(60, small: 7)
    /// Looking for runs that nobody has takes some time, too, on a busy machine.
    private static let allowance = 6
    private static let tenants = Proof.size(6, small: 3)
    private static let people = Proof.size(1_000, small: 150)
    private static let variables = ["FETCHER_LEASE_SECONDS": "\(lease)"]

    @Test(
        "with copies killed, paused and added nothing differs, and no run waits for longer than a lease",
        arguments: 2...Proof.size(3, small: 2)
    )
    func copies(count: Int) async throws {
        try await withSuite("copies", partitions: 1, variables: Self.variables) { suite in
            try await suite.simulator.liftLimits()
            var crew = Crew(suite)
            while crew.count < count { try await crew.grow(in: suite) }
            var tenants: [ConnectedTenant] = []
            for number in 0..<Self.tenants {
                let name = "copies\(number)"
                tenants.append(try await suite.connect(name, users: Self.people, departments: 40, seed: number + 1))
            }
            for trouble in Trouble.allCases {
                try await work(of: tenants, in: suite) { held in
                    try await befall(trouble, &crew, held, in: suite)
                }
            }
            #expect(crew.count == count + 1)
            for connected in tenants { try await suite.waitForPrincipals(of: connected) }
        }
    }

    /// Has everybody's run read, with `body` in the middle of all of them.
    private func work(
        of tenants: [ConnectedTenant],
        in suite: Suite,
        _ body: ([Holding]) async throws -> Void
    ) async throws {
        try await suite.simulator.order(["path": "user/list", "kind": "delay", "seconds": 0.5])
        for connected in tenants { _ = try await suite.simulator.change(connected.corp, update: 10, add: 3) }
        var runs: [Registry.Run] = []
        for connected in tenants { runs.append(try await suite.registry.startRun(of: connected.provider)) }
        let held = try await waitFor("the middle of all runs", every: .milliseconds(20)) {
            let present = try await suite.holdings()
            return present.count == tenants.count ? present : nil
        }
        try await body(held)
        try await suite.simulator.clearFaults()
        for run in runs {
            let ended = try await suite.registry.waitForEnd(of: run)
            #expect(ended.outcome == "succeeded", "\(ended.reasons)")
        }
        for connected in tenants { #expect(try await suite.differences(of: connected).map(\.description) == []) }
    }

    private func befall(_ trouble: Trouble, _ crew: inout Crew, _ held: [Holding], in suite: Suite) async throws {
        let owner = crew.fetcher(of: held[0])
        let victim = try #require(owner)
        let start = ContinuousClock.now
        switch trouble {
        case .killed:
            victim.kill()
            for service in [Suite.Service.mapper, .writer] {
                suite[service].kill()
                try suite[service].start()
            }
            try await expectTakenOver(held, from: victim, crew, since: start, in: suite)
            try victim.start()
        case .paused:
            let (paused, present) = ([victim] + crew.idle, crew)
            for copy in paused { copy.hold() }
            let taken = await asyncResult {
                try await expectTakenOver(held, from: victim, present, since: start, in: suite)
                // However soon others have taken over, they stand still for as long as it is said.
                try await Task.sleep(until: start + .seconds(Self.pause), clock: .continuous)
            }
            for copy in paused { copy.letGo() }
            try taken.get()
            for copy in paused { try await copy.comeBack() }
        case .added:
            try await crew.grow(in: suite)
            try await expectTakenOver(held, from: nil, crew, since: start, in: suite)
        }
    }

    /// Others have what the copy had, before long; what others had stays with them.
    private func expectTakenOver(
        _ held: [Holding],
        from victim: ServiceProcess?,
        _ crew: Crew,
        since start: ContinuousClock.Instant,
        in suite: Suite
    ) async throws {
        let lost = held.filter { victim != nil && crew.fetcher(of: $0) === victim }
        _ = try await waitFor("others to have its runs", every: .milliseconds(50)) {
            let fences = try await suite.fences()
            return lost.allSatisfy { fences[$0.provider, default: 0] > $0.fence } ? true : nil
        }
        let delay = ContinuousClock.now - start
        if !lost.isEmpty {
            #expect(delay < .seconds(Self.lease + Self.allowance), "\(lost.count) runs waited for \(delay)")
        }
        let (gone, fences) = (Set(lost.map(\.provider)), try await suite.fences())
        for holding in held where !gone.contains(holding.provider) {
            #expect(fences[holding.provider] == holding.fence, "a run changed hands whose fetcher nothing befell")
        }
    }
}

/// Who works on an identity provider's run.
private struct Holding: Sendable {
    let provider: String
    let owner: String
    let fence: Int
}

/// Copies of the services that share the work; the first of each is the suite's own.
private struct Crew {
    private static let services: [Suite.Service] = [.fetcher, .mapper, .writer]

    private var copies: [Suite.Service: [ServiceProcess]]
    /// How many there are of each.
    private(set) var count = 1

    init(_ suite: Suite) {
        copies = Dictionary(uniqueKeysWithValues: Self.services.map { ($0, [suite[$0]]) })
    }

    /// Starts one more of each.
    mutating func grow(in suite: Suite) async throws {
        count += 1
        for service in Self.services {
            let copy = try suite.makeCopy(of: service, number: count)
            try copy.start()
            copies[service, default: []].append(copy)
        }
        for service in Self.services { try await copies[service]?.last?.waitUntilReady() }
    }

    func fetcher(of holding: Holding) -> ServiceProcess? {
        let fetchers = copies[.fetcher] ?? []
        let number = fetchers.indices.first { holding.owner.contains("\(Suite.Service.fetcher.rawValue)-\($0 + 1)") }
        return number.map { fetchers[$0] }
    }

    /// A mapper and a writer that came after those that have the partition.
    var idle: [ServiceProcess] { [Suite.Service.mapper, .writer].compactMap { copies[$0]?.last } }
}

extension ServiceProcess {
    /// Waits until a process that was paused is ready; one that stood still for long ends, to be started anew.
    fileprivate func comeBack() async throws {
        _ = try await waitFor("\(name) to be back") {
            if id == nil { try start() }
            return try await readiness().status == 200 ? true : nil
        }
    }
}

extension Suite {
    fileprivate func holdings() async throws -> [Holding] {
        try await query("select idp::text, owner, fence from fetcher.leases where owner is not null order by idp")
            .map { row in
                let (provider, owner, fence) = try row.decode(String.self, String.self, Int.self)
                return Holding(provider: provider, owner: owner, fence: fence)
            }
    }

    /// The fence of each identity provider.
    fileprivate func fences() async throws -> [String: Int] {
        var fences: [String: Int] = [:]
        for row in try await query("select idp::text, fence from fetcher.leases") {
            let (provider, fence) = try row.decode(String.self, Int.self)
            fences[provider] = fence
        }
        return fences
    }
}
