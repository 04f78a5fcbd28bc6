import Foundation
import Logging
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// A day and a night of many identity providers, in a time that the database alone knows.
@Suite(
    .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"),
    .serialized,
    .timeLimit(.minutes(15))
)
struct ScheduleDayTests {
    /// A thousand, or as many as are asked for; with more of them, somebody looks more often.
    private static let providers = ProcessInfo.processInfo.environment["SCHEDULED_PROVIDERS"].flatMap(Int.init) ?? 1_000

    /// The seconds of 30 hours at which somebody looks: never in six hours of them, and more often after these.
    private static let looks: [Int] = {
        let steps = providers > 2_000 ? [20, 2, 20] : [60, 5, 20]
        let spans = [(0, 12 * 3_600), (18 * 3_600, 18 * 3_600 + 1_200), (18 * 3_600 + 1_200, 30 * 3_600)]
        return zip(steps, spans).flatMap { step, span in Array(stride(from: span.0, to: span.1, by: step)) }
    }()

    @Test(
        """
        identity providers that were made in one minute and run daily: in no minute start more than three times the \
        mean, also after an outage of six hours, and two registries start each turn once
        """
    )
    func day() async throws {
        try await withSimulatedTime { registry, clock in
            let turns = try await populate(registry, clock)
            let others = [registry.components, try registry.another()]
            for second in Self.looks {
                try await clock.set(second)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for components in others {
                        let scheduler = Scheduler(
                            runs: components.runs,
                            pace: SchedulePace(floor: 1),
                            logger: TestRegistry.quiet
                        )
                        group.addTask { try await scheduler.startDue() }
                    }
                    try await group.waitForAll()
                }
                if second % 3_600 == 0 { try await finishAll(registry) }
            }
            let starts = try await starts(registry)
            #expect(Set(starts.map(\.idp)) == Set(turns.keys))
            let mean = Double(Self.providers) / (24 * 60)
            let most = Self.most(inAnyMinute: starts.map(\.second))
            print("mean \(mean) a minute, most in any minute \(most), \(starts.count) runs")
            #expect(Double(most) <= 3 * mean)
            for (id, runs) in Dictionary(grouping: starts, by: \.idp) {
                // A turn in the outage is caught up once, and the one after it comes in its time.
                let first = try #require(turns[id])
                let wanted = first + 24 * 3_600 < 29 * 3_600 ? 2 : 1
                let isUnsure = (5 * 3_600..<6 * 3_600).contains(first)
                #expect(runs.count == wanted || isUnsure && runs.count == 2, "\(first) \(runs.map(\.second))")
                #expect((runs.first?.second ?? 0) >= first)
            }
        }
    }

    /// Makes the identity providers, all at the beginning; returns when the first turn of each is.
    private func populate(
        _ registry: TestRegistry,
        _ clock: SimulatedTime
    ) async throws -> [IdentityProviderID: Int] {
        try await clock.set(0)
        let model = try await registry.makeConnectedProvider()
        var turns: [IdentityProviderID: Int] = [:]
        for _ in 1..<Self.providers {
            let id = IdentityProviderID.make()
            let table = Timetable(try TimetableTests.configuration(id))
            let made = SimulatedTime.moment(turns.count % 60)
            turns[id] = SimulatedTime.second(of: table.turn(after: made))
        }
        let ids = Array(turns.keys)
        let due = ids.map { SimulatedTime.moment(turns[$0] ?? 0).description }
        try await registry.database.run(
            """
            insert into registry.identity_providers
                (id, tenant, revision, configuration, last_epoch, next_run_at, spread_hours, created_at, updated_at)
            select made.id, tenant, revision, jsonb_set(configuration, '{id}', to_jsonb(made.id::text)), 0, made.due,
                spread_hours, created_at, updated_at
            from registry.identity_providers as model,
                unnest(\(ids.map(\.description))::uuid[], \(due)::timestamptz[]) as made (id, due)
            where model.id = \(model)
            """
        )
        let shown = try await registry.send(.get, "idps/\(model)")["nextRunAt"].string.flatMap { Timestamp($0) }
        turns[model] = SimulatedTime.second(of: try #require(shown))
        return turns
    }

    private func finishAll(_ registry: TestRegistry) async throws {
        try await registry.database.run(
            "update registry.runs set state = 'finished', outcome = 'succeeded' where state <> 'finished'"
        )
    }

    private func starts(_ registry: TestRegistry) async throws -> [(idp: IdentityProviderID, second: Int)] {
        try await registry.database.run(
            """
            select idp, \(time: "requested_at") from registry.runs where cause = 'schedule' order by requested_at
            """
        ).map { row in
            let (idp, at) = try row.decode(IdentityProviderID.self, Timestamp.self)
            return (idp, SimulatedTime.second(of: at))
        }
    }

    private static func most(inAnyMinute seconds: [Int]) -> Int {
        var (most, first) = (0, 0)
        for (index, second) in seconds.enumerated() {
            while seconds[first] <= second - 60 { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }
}

/// The time of a database in which `now()` and `clock_timestamp()` say what a test wants; the test's own clock is years
/// away from it.
struct SimulatedTime: Sendable {
    static let start = Timestamp(millisecondsSince1970: 1_900_000_000_000)
    let database: Database

    /// Sets it to so many seconds after the beginning.
    func set(_ second: Int) async throws {
        try await database.run("update simulated.clock set at = \(Self.moment(second))")
    }

    static func moment(_ second: Int) -> Timestamp {
        Timestamp(millisecondsSince1970: start.millisecondsSince1970 + Int64(second) * 1_000)
    }

    static func second(of moment: Timestamp) -> Int {
        Int((moment.millisecondsSince1970 - start.millisecondsSince1970) / 1_000)
    }
}

/// Runs a test against a registry whose database lives in a time of its own.
func withSimulatedTime(_ test: @Sendable (TestRegistry, SimulatedTime) async throws -> Void) async throws {
    try await withTestDatabase { plain, url in
        try await Services.migrate(plain, TestRegistry.quiet)
        for statement in [
            "create schema simulated", "create table simulated.clock (at timestamptz not null)",
            "insert into simulated.clock values ('epoch')",
            """
            create function simulated.clock_timestamp() returns timestamptz language sql volatile
            as 'select at from simulated.clock'
            """,
            """
            create function simulated.now() returns timestamptz language sql volatile
            as 'select at from simulated.clock'
            """,
        ] as [SQL] { try await plain.run(statement) }
        let mark = url.contains("?") ? "&" : "?"
        let simulated = url + mark + "options=-csearch_path%3Dsimulated%2Cpg_catalog"
        let database = Database(url: simulated, connections: 4, logger: TestRegistry.quiet)
        let settings = TestRegistry.settings(simulated)
        do {
            let components = try TestRegistry.components(settings, database)
            try await withClient(components, settings) { registry in
                try await test(registry, SimulatedTime(database: plain))
            }
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }
}
