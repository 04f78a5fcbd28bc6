import Foundation
import Postgres
import SuiteTesting

/// Small tenants whose first synchronizations are due at even distances.
struct TenantLoad {
    private static let connecting = 16
    /// As many fit into what an address may ask for.
    private static let connectedAtOnce = 100
    private static let peoplePerDepartment = 10
    /// How often the database is asked which runs are over, and so how exactly times are known.
    private static let interval = Duration.milliseconds(25)
    private static let patience = Duration.seconds(3_600)

    let tenants: Int
    let users: Int
    let span: Duration
    let variables: [String: String]

    /// Who is synchronised at the same time, begun just before.
    enum Neighbours {
        case none
        /// One tenant of so many people.
        case giant(Int)
        /// So many tenants of each kind of trouble.
        case troubled(Int)
    }

    /// Runs all of it on a fresh suite.
    func run(beside neighbours: Neighbours = .none) async throws -> TenantFigures {
        note(neighbours.description)
        return try await withMeasuredSuite("tenants", variables: variables) { measured in
            let small = try await connectAll(in: measured)
            var (large, giant): (ConnectedTenant?, Int) = (nil, 0)
            switch neighbours {
            case .none: break
            case .giant(let people):
                large = try await measured.connect("giant", users: people, departments: max(1, people / 50))
                giant = people
            case .troubled(let each):
                for tenant in try await TroubledTenants(each: each).connect(in: measured) {
                    _ = try await measured.suite.registry.startRun(of: tenant.provider)
                }
            }
            try await measured.waitUntilAtRest()
            let watch = RunWatch(measured.database)
            SuiteUsage.forgetPeaks(measured.suite)
            let before = SuiteUsage.now(measured.suite)
            try await runAll(small, and: large, in: measured, watch)
            try await measured.waitUntilAtRest()
            let after = SuiteUsage.now(measured.suite)
            try await expect(tenants * users + giant, in: measured)
            return try figures(small, large, await watch.laps, from: before, to: after)
        }
    }

    /// Makes the corps and the tenants, some at a time.
    private func connectAll(in measured: MeasuredSuite) async throws -> [ConnectedTenant] {
        let departments = max(1, users / Self.peoplePerDepartment)
        return try await withThrowingTaskGroup(of: ConnectedTenant.self) { group in
            var connected: [ConnectedTenant] = []
            for number in 0..<tenants {
                if number >= Self.connecting, let next = try await group.next() { connected.append(next) }
                if number.isMultiple(of: Self.connectedAtOnce) { try await forgetChecks(in: measured) }
                group.addTask { [users] in
                    try await measured.connect("small_\(number)", users: users, departments: departments)
                }
            }
            for try await next in group { connected.append(next) }
            note("  \(connected.count) tenants are connected")
            return connected
        }
    }

    /// Each connection has its app checked, of which one address may ask for some hundreds a minute; enterprises connect
    /// theirs over months.
    private func forgetChecks(in measured: MeasuredSuite) async throws {
        try await measured.database.run("delete from registry.call_budgets")
    }

    /// Starts the runs when they are due, and watches until the last is over.
    private func runAll(
        _ small: [ConnectedTenant],
        and large: ConnectedTenant?,
        in measured: MeasuredSuite,
        _ watch: RunWatch
    ) async throws {
        let clock = ContinuousClock()
        let registry = measured.suite.registry
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let large { try await Self.start(large, in: registry, watch) }
            let begin = clock.now
            group.addTask { [interval = Self.interval, patience = Self.patience] in
                let all = small.count + (large == nil ? 0 : 1)
                while await watch.laps.count < all {
                    guard clock.now - begin < patience else { throw BenchmarkFailure("runs are not over in time") }
                    try measured.expectAllAlive()
                    try await watch.look()
                    try await clock.sleep(for: interval)
                }
            }
            for (number, tenant) in small.enumerated() {
                try await clock.sleep(until: begin + span * number / small.count)
                group.addTask { try await Self.start(tenant, in: registry, watch) }
            }
            try await group.waitForAll()
        }
    }

    private static func start(_ tenant: ConnectedTenant, in registry: Registry, _ watch: RunWatch) async throws {
        await watch.begin(try tenant.id)
        _ = try await registry.startRun(of: tenant.provider)
    }

    /// The directory must hold everybody, the few of the warm-up included.
    private func expect(_ people: Int, in measured: MeasuredSuite) async throws {
        let rows = try await measured.database.run("select count(*) from directory.users where removed_at is null")
        let found = try rows[0].decode(Int.self)
        guard found == people + MeasuredSuite.warmUpPeople else {
            throw BenchmarkFailure("\(found) people are in the directory")
        }
    }

    private func figures(
        _ small: [ConnectedTenant],
        _ large: ConnectedTenant?,
        _ laps: [UUID: RunWatch.Lap],
        from before: SuiteUsage,
        to after: SuiteUsage
    ) throws -> TenantFigures {
        let ours = try small.compactMap { laps[try $0.id] }
        let giant = try large.flatMap { laps[try $0.id] }
        return TenantFigures(
            small: ours.map(\.seconds),
            smallMeanwhile: ours.filter { lap in giant.map { lap.start < $0.end } ?? false }.map(\.seconds),
            giant: giant?.seconds,
            processorSeconds: after.processorSeconds(since: before),
            peaks: after.peaks
        )
    }
}

extension ConnectedTenant {
    /// The identity provider's id.
    fileprivate var id: UUID {
        get throws {
            guard let id = UUID(uuidString: provider.id) else { throw BenchmarkFailure("the registry gave no UUID") }
            return id
        }
    }
}

extension TenantLoad.Neighbours: CustomStringConvertible {
    /// For the log.
    var description: String {
        switch self {
        case .none: "alone"
        case .giant(let people): "beside a tenant of \(people) people"
        case .troubled(let each): "beside \(3 * each) tenants in trouble"
        }
    }
}
