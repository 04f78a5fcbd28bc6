import Foundation
public import Logging
public import Postgres
import Runtime
public import ServiceLifecycle

/// Work that has to be done again and again, by one instance at a time: clean-up, what lapses, what is due.
///
/// Any number of instances may run it on one database. A row of `<schema>.background_jobs` says who is at it, for
/// some seconds from each sign of life, and when the next time is; if the one dies or stands still, another goes on.
/// Each step must bear to be done twice, as one that wakes up late does.
///
/// A step that fails stops no other one. Trouble is a log line and `background_steps_total`, and makes nobody unready.
public struct PeriodicJob: Service {
    private let lease: JobLease
    private let period: Duration
    private let steps: [Step]
    private let report: Report
    private let signals: AsyncStream<Signal>
    private let signal: AsyncStream<Signal>.Continuation

    private enum Signal { case tick, nudge }

    /// - Parameters:
    ///   - name: Its row, and its name in logs and metrics: `housekeeping`.
    ///   - period: From the end of one time to the beginning of the next, over all instances.
    ///   - schema: Whose migrations include ``BackgroundSchema/migrationSQL(schema:)``.
    ///   - steps: In the order in which they are done.
    public init(
        _ name: String,
        every period: Duration,
        schema: String,
        database: Database,
        logger: Logger,
        steps: [Step]
    ) {
        lease = JobLease(name: name, schema: schema, database: database)
        self.period = period
        self.steps = steps
        report = Report(job: name, logger: logger)
        for step in steps { report.show(step.name) }
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(8))
    }

    /// There is something to do: does not wait for the next time.
    public func nudge() {
        signal.yield(.nudge)
    }

    /// Does it whenever it is due, until graceful shutdown, which lets the step in hand come to its end.
    public func run() async throws {
        await withTaskGroup { group in
            group.addTask {
                await cancelWhenGracefulShutdown {
                    while !Task.isCancelled {
                        signal.yield(.tick)
                        try? await Task.sleep(for: min(period, .milliseconds(250)))
                    }
                }
            }
            await workWhenDue()
            group.cancelAll()
        }
    }

    private func workWhenDue() async {
        let backoff = Backoff(first: min(.seconds(1), period), limit: period)
        var failures = 0
        var due = ContinuousClock.now
        for await signal in signals.cancelOnGracefulShutdown() where signal == .nudge || ContinuousClock.now >= due {
            if Task.isCancelled { return }
            do {
                let failed = try await perform(isNudged: signal == .nudge)?.isEmpty == false
                failures = failed ? failures + 1 : 0
            } catch {
                failures += 1
                report.failed("claim", error)
            }
            due = .now + (failures == 0 ? period : backoff.delay(attempt: failures))
        }
    }

    /// Does it now, whoever did it when.
    /// - Returns: What failed, by step; `nil` when another instance is at it.
    /// - Throws: `PostgresError` when the lease cannot be asked for.
    @discardableResult
    public func runOnce() async throws -> [String: any Error]? {
        try await perform(isNudged: true)
    }

    /// - Returns: What failed, by step; `nil` when it is not due, or another instance is at it.
    private func perform(isNudged: Bool) async throws -> [String: any Error]? {
        guard try await lease.claim(isNudged: isNudged, every: period) else { return nil }
        let failures = await doAll()
        // A little early, so that whoever sleeps for a period finds it due.
        try await lease.finish(next: failures.isEmpty ? period * 0.9 : .zero)
        return failures
    }

    private func doAll() async -> [String: any Error] {
        var failures: [String: any Error] = [:]
        for step in steps where !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                try await lease.holding { try await step.body(report) }
                report.succeeded(step.name)
            } catch {
                failures[step.name] = error
                if error is JobTaken || error is CancellationError { break }
                report.failed(step.name, error)
            }
        }
        return failures
    }
}
