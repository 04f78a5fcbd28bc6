import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import Runtime
import ServiceLifecycle

/// Speaks for the runs in the inbox that nobody works on: ends that are not answered yet are, and those that wait are
/// heard of, so that silence means something to the registry's watchdog.
struct InboxReports: Service {
    let answers: RunAnswers
    let logger: Logger

    /// How often it looks.
    private static let period = Duration.seconds(2)
    /// How often a run that waits is heard of.
    private static let interval: SQL = "interval '30 seconds'"
    /// Runs that are told of together.
    private static let batchSize = 500

    /// Reports until graceful shutdown, whatever database and brokers do meanwhile.
    func run() async throws {
        let backoff = Backoff(first: Self.period, limit: .seconds(30))
        var failures = 0
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                try await cancelWhenGracefulShutdown {
                    try await answers.answerEnded()
                    try await tellOfWaiting()
                    try await tellOfErrands()
                }
                failures = 0
            } catch {
                failures += 1
                if !(error is CancellationError) {
                    logger.warning("the inbox could not be reported on", metadata: ["error": "\(error)"])
                }
            }
            let wait = failures == 0 ? Self.period : backoff.delay(attempt: failures)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    /// Tells of runs that wait for their turn, for room or for a while, so long as they do.
    func tellOfWaiting() async throws {
        let rows = try await answers.database.run(
            """
            update fetcher.inbox i set told_at = now()
            where i.run in (
                select o.run from fetcher.inbox o
                where o.state in ('queued', 'claimed') and o.told_at < now() - \(Self.interval) and not exists (
                    select from fetcher.leases l where l.run = o.run and l.owner is not null and l.expires_at > now()
                )
                limit \(Self.batchSize) for update skip locked
            )
            returning \(RunSubject.columns)
            """
        )
        try await tell(rows)
    }

    /// Tells of runs whose errands are open, worked on or not.
    func tellOfErrands() async throws {
        let rows = try await answers.database.run(
            """
            update fetcher.errands i set told_at = now()
            where (i.run, i.batch) in (
                select o.run, o.batch from fetcher.errands o
                where o.state = 'open' and o.told_at < now() - \(Self.interval)
                limit \(Self.batchSize) for update skip locked
            )
            returning \(RunSubject.columns)
            """
        )
        try await tell(rows)
    }

    /// - Parameter rows: Of ``RunSubject/columns``; a run may come several times.
    private func tell(_ rows: [Row]) async throws {
        var told: Set<RunID> = []
        let subjects = try rows.map { try RunSubject($0) }.filter { told.insert($0.run).inserted }
        let records = try subjects.map { subject in
            try OutgoingRecord(
                StageProgress(stage: .fetcher, pages: 0),
                envelope:
                    subject
                    .envelope(StageProgress.type, source: answers.source, fence: Fence(rawValue: 0)),
                to: TopicCatalogue.progress,
                in: answers.namespace
            )
        }
        try await answers.producer.send(records)
    }
}
