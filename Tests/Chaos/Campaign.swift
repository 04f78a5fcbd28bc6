import Foundation
import Postgres
import SuiteTesting

/// One attack from the first to the last round, on a suite of its own.
struct Campaign: Sendable {
    /// Which rounds are played.
    enum Rounds: Sendable {
        case list([Round])
        /// One after another, none of which begins later.
        case plan(Plan, for: Duration)

        /// The round of that number, from 1, if it is still to be played.
        func round(_ number: Int, after time: Duration) -> Round? {
            switch self {
            case .list(let rounds): rounds.indices.contains(number - 1) ? rounds[number - 1] : nil
            case .plan(let plan, let limit): time < limit ? plan.round(number) : nil
            }
        }

        /// As many tenants and copies as any of them needs.
        var size: (tenants: Int, copies: Int) {
            switch self {
            case .list(let rounds): (rounds.map(\.tenants).max() ?? 2, rounds.map(\.copies).max() ?? 1)
            case .plan(let plan, _): (plan.tenants, plan.copies)
            }
        }
    }

    /// What came of it.
    struct Result: Sendable {
        var figures = Figures()
        /// The first round in which a promise was broken, and which.
        var failed: (round: Round, breaches: [Breach])?
    }

    /// Repetitions come sooner than in production, and leases end sooner, so that a round has time for what follows.
    private static let variables = [
        "WECOM_RATE_LIMIT_PAUSE_SECONDS": "1", "WECOM_RETRY_SECONDS": "0.05", "FETCHER_LEASE_SECONDS": "5",
        "CONFIGURATION_PATIENCE_SECONDS": "5", "RUN_SILENCE_MINUTES": "1", "LOG_LEVEL": "info",
    ]

    let seed: UInt64
    let rounds: Rounds
    /// Whether it is over as soon as a promise is broken.
    var endsWhenFound = false

    func fight() async throws -> Result {
        let (tenants, copies) = rounds.size
        return try await withSuite("chaos", partitions: 4, variables: Self.variables, starting: []) { suite in
            say("starting \(copies) copies of each service, and connecting \(tenants) tenants")
            let field = try await Field.make(in: suite, tenants: tenants, copies: copies, seed: seed)
            let database = Database(url: suite.databaseURL, connections: 1, logger: quietLogger())
            let result = await asyncResult {
                let inspection = try Inspection(of: field)
                let result = await asyncResult {
                    try await play(on: field, Watch(field, database), inspection)
                }
                await inspection.close()
                return try result.get()
            }
            try? await field.servers.start()
            await database.close()
            await field.close()
            return try result.get()
        }
    }

    private func play(on field: Field, _ watch: Watch, _ inspection: Inspection) async throws -> Result {
        var result = Result()
        let (logons, done) = (Counter(), FaultTally())
        let healing = Healing(field: field, logons: logons, inspection: inspection)
        await untilFound(in: field) { await healing.heal(field.tenants.count) }
        guard field.breaches.isEmpty || endsWhenFound else {
            throw SuiteFailure(
                what: "the suite was not right before anything was done to it",
                log: field.breaches.breaches(of: 0).map(\.description).joined(separator: "\n")
            )
        }
        let watching = Task { await watch.work() }
        let supervising = Task { await field.supervisor.work() }
        let start = ContinuousClock.now
        while !endsWhenFound || field.breaches.isEmpty,
            let round = rounds.round(result.figures.rounds + 1, after: ContinuousClock.now - start)
        {
            result.figures.rounds += 1
            field.breaches.begin(result.figures.rounds)
            say("\(round)")
            await untilFound(in: field) {
                await Self.play(round, on: field, watch, logons, done)
                await healing.heal(round.tenants)
            }
            let broken = field.breaches.breaches(of: result.figures.rounds)
            if !broken.isEmpty, result.failed == nil { result.failed = (round, broken) }
            say("    healed: \(broken.count) breaches, \(logons.count) logons")
        }
        watching.cancel()
        supervising.cancel()
        await watching.value
        await supervising.value
        // What was cut off in the middle may have left one of them down.
        try await field.servers.start()
        say("faults: \(done.text)")
        await Self.conclude(&result, field, watch)
        say(
            "\(inspection.judged.count) messages and answers were judged, and \(inspection.bytes.count) bytes of logs read"
        )
        result.figures.seed = seed
        result.figures.minutes = (ContinuousClock.now - start) / .seconds(60)
        (result.figures.logons, result.figures.faults) = (logons.count, done.count)
        result.figures.runs = try await field.suite.count("select count(*) from registry.runs where state = 'finished'")
        return result
    }

    /// Does something to its end, or until it is known that a promise was broken, where that is all that is asked.
    private func untilFound(in field: Field, _ body: @escaping @Sendable () async -> Void) async {
        guard endsWhenFound else { return await body() }
        await withTaskGroup { group in
            group.addTask { await body() }
            group.addTask {
                while field.breaches.isEmpty, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(200)) }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Work goes on until the last fault is over.
    private static func play(
        _ round: Round,
        on field: Field,
        _ watch: Watch,
        _ logons: Counter,
        _ done: FaultTally
    ) async {
        await watch.rest(round.restingTenant)
        let work = Task { await Work(field: field, logons: logons).go(on: round, at: round.restingTenant) }
        let start = ContinuousClock.now
        await Adversary(field: field, done: done).work(on: round)
        try? await Task.sleep(until: start + .milliseconds(round.work), clock: .continuous)
        work.cancel()
        await work.value
        await watch.rest(nil)
    }

    /// A watch that saw nothing found nothing.
    private static func conclude(_ result: inout Result, _ field: Field, _ watch: Watch) async {
        let (looks, failures) = (await watch.looks, await watch.failures)
        say("the watch looked \(looks) times, and was not answered \(failures) times")
        say("whoever rested was compared \(await watch.comparisons) times")
        try? await tellRuns(of: field)
        for (victim, starts) in field.supervisor.starts.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            say("\(victim) ended by itself \(starts) times")
        }
        if looks < 2 * result.figures.rounds, result.failed == nil {
            field.breaches.note(.stuck, "the watch", "it looked \(looks) times")
        }
        for kind in Breach.Kind.allCases { result.figures.breaches[kind] = field.breaches.count(kind) }
    }

    /// How runs ended, and why those that did not succeed.
    private static func tellRuns(of field: Field) async throws {
        let rows = try await field.suite.query(
            """
            select outcome || coalesce(' by ' || end_cause, ''), count(*) from registry.runs
            where state = 'finished' group by 1 order by 2 desc
            """
        )
        let ends = try rows.map { row in
            let (outcome, count) = try row.decode(String.self, Int.self)
            return "\(count) \(outcome)"
        }
        say("runs: \(ends.joined(separator: ", "))")
    }
}
