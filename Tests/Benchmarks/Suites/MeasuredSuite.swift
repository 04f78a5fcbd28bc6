import Foundation
import Logging
import Postgres
import SuiteTesting

/// A suite under measurement, with a database connection of the benchmark's own.
struct MeasuredSuite {
    /// How often the database is asked whether a run is over: more often would cost the server what it measures.
    private static let interval = Duration.milliseconds(20)
    private static let longestRun = Duration.seconds(3_600)
    static let warmUpPeople = 50
    /// The make-believe WeCom's limits are lifted, and the fetcher keeps none of its own; tables have as many partitions as
    /// in production.
    fileprivate static let withoutLimits = [
        "DATABASE_PARTITIONS": "\(HashPartitions.standardCount)",
        "FETCHER_CORP_CALLS_PER_MINUTE": "1000000", "FETCHER_CORP_CALLS_PER_HOUR": "10000000",
        "FETCHER_ADDRESS_CALLS_PER_MINUTE": "1000000", "FETCHER_ADDRESS_CALLS_PER_HOUR": "10000000",
    ]

    let suite: Suite
    let database: Database

    /// Makes a corp whose answers are rendered, and a tenant that is connected to it by the corp's own app.
    func connect(_ name: String, users: Int, departments: Int) async throws -> ConnectedTenant {
        let corp = try await suite.simulator.makeCorp(users: users, departments: departments)
        try await suite.simulator.render(corp)
        return try await suite.registry.connect(name, toOwnAppOf: corp)
    }

    /// Synchronises, and takes the time from just before the request until the run's end is committed.
    ///
    /// - Throws: ``BenchmarkFailure`` unless the run succeeded.
    func time(_ connected: ConnectedTenant) async throws -> TimedRun {
        let clock = ContinuousClock()
        let start = clock.now
        let requested = try await suite.registry.startRun(of: connected.provider)
        while try await !isCommitted(requested) {
            try expectAllAlive()
            guard clock.now - start < Self.longestRun else {
                throw BenchmarkFailure("run \(requested.id) is not over after an hour")
            }
            try await clock.sleep(for: Self.interval)
        }
        let seconds = (clock.now - start) / .seconds(1)
        let run = try await suite.registry.waitForEnd(of: requested)
        guard run.outcome == "succeeded" else {
            throw BenchmarkFailure("a run ended as \(run.outcome ?? "nothing"): \(run.reasons)")
        }
        return TimedRun(seconds: seconds, counts: run.counts)
    }

    /// Waits until everything that runs have changed has arrived everywhere, so that nothing is left to do.
    func waitUntilAtRest() async throws {
        _ = try await waitFor("the suite at rest", within: .seconds(1_200)) {
            let isAtRest = try await isTrue(
                """
                select not exists (select from directory.outbox) and not exists (select from registry.outbox)
                    and not exists (select from verifier.outbox) and not exists (
                        select from directory.sources s left join verifier.projection p using (idp_id)
                        where s.change_sequence > 0
                            and (p.epoch, p.sequence) is distinct from (s.epoch, s.change_sequence)
                    )
                """
            )
            return isAtRest ? true : nil
        }
    }

    /// Nothing comes to an end that a process would have to work for which has ended itself.
    func expectAllAlive() throws {
        for service in Suite.Service.allCases where suite[service].id == nil {
            throw BenchmarkFailure("\(service.rawValue) has ended by itself")
        }
    }

    /// What the suite's database takes up, in megabytes (10⁶ bytes).
    func databaseMegabytes() async throws -> Double {
        let size = try await database.run("select pg_database_size(current_database())")
        return Double(try size[0].decode(Int.self)) / 1_000_000
    }

    private func isCommitted(_ run: Registry.Run) async throws -> Bool {
        try await isTrue(
            "select exists (select from directory.runs where run_id = \(run.id)::uuid and outcome is not null)"
        )
    }

    /// Asks the database.
    func isTrue(_ question: SQL) async throws -> Bool {
        try await database.run(question)[0].decode(Bool.self)
    }

    /// Synchronises a few people, so that groups are joined and code and caches are paged in, as in any suite that
    /// has been up for a while.
    fileprivate func warmUp() async throws {
        let connected = try await connect("warm_up", users: Self.warmUpPeople, departments: 5)
        _ = try await time(connected)
        try await waitUntilAtRest()
    }
}

/// A run that succeeded.
struct TimedRun {
    let seconds: Double
    let counts: Registry.Run.Counts
}

/// Runs a fresh suite, as large as a production's, for the time of `body`; it has done a little already.
///
/// - Parameter variables: Set for every service, beside the usual ones.
func withMeasuredSuite<Value>(
    _ purpose: String,
    variables: [String: String] = [:],
    _ body: (MeasuredSuite) async throws -> Value
) async throws -> Value {
    let variables = MeasuredSuite.withoutLimits.merging(variables) { $1 }.merging(["LOG_LEVEL": "info"]) { $1 }
    return try await withSuite(purpose, partitions: 12, variables: variables) { suite in
        let database = Database(url: suite.databaseURL, connections: 1, logger: quietLogger())
        let measured = MeasuredSuite(suite: suite, database: database)
        let result: Result<Value, any Error>
        do {
            try await suite.simulator.liftLimits()
            try await measured.warmUp()
            result = .success(try await body(measured))
        } catch {
            result = .failure(error)
        }
        await database.close()
        return try result.get()
    }
}

/// Errors are thrown; what else there is to log is of no use in a benchmark.
func quietLogger() -> Logger {
    var logger = Logger(label: "bridge-bench")
    logger.logLevel = .error
    return logger
}
