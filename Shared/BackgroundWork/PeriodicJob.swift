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
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

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
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// There is something to do: does not wait for the next time.
    public func nudge() {
        signal.yield()
    }

    /// Does it whenever it is due, until graceful shutdown, which lets the step in hand come to its end.
    public func run() async throws {
        var failures = 0
        var isNudged = false
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let failed = try await work(isNudged: isNudged)
                failures = failed ? failures + 1 : 0
            } catch {
                failures += 1
                if !(error is CancellationError) { report.failed("claim", error) }
            }
            let backoff = Backoff(first: min(.seconds(1), period), limit: period)
            isNudged = await wait(for: failures == 0 ? period : backoff.delay(attempt: failures))
        }
    }

    /// Does it now, whoever did it when.
    /// - Returns: What failed, by step; `nil` when another instance is at it.
    /// - Throws: `PostgresError` when the lease cannot be asked for.
    @discardableResult
    public func runOnce() async throws -> [String: any Error]? {
        try await perform(isNudged: true)
    }

    /// - Returns: Whether a step failed.
    private func work(isNudged: Bool) async throws -> Bool {
        try await perform(isNudged: isNudged)?.isEmpty == false
    }

    private func perform(isNudged: Bool) async throws -> [String: any Error]? {
        guard try await lease.claim(isNudged: isNudged) else { return nil }
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

    /// - Returns: Whether it was nudged.
    private func wait(for delay: Duration) async -> Bool {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try? await Task.sleep(for: delay)
                    return false
                }
                group.addTask {
                    for await _ in signals { return true }
                    return false
                }
                defer { group.cancelAll() }
                return await group.next() ?? false
            }
        }
    }
}
