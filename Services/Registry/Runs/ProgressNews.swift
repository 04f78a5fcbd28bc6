import Kafka
import Messages
import Pipeline
import Postgres

/// What one message says of a run.
struct ProgressNews: Sendable {
    /// What it says.
    enum Content: Sendable {
        case progress(StageProgress)
        case finished(RunFinished)
    }

    var run: RunID
    var idpID: IdentityProviderID
    var tenant: TenantID
    var fence: Fence
    var at: Timestamp
    var content: Content
    /// The message itself.
    var record: Record

    /// Reads a message of `sync.progress.v1`.
    ///
    /// Throws `UndecodableMessage` when it is none that this program knows; nil when it is not about a run.
    init?(_ message: IncomingMessage) throws {
        switch message.envelope.type {
        case StageProgress.type: content = .progress(try message.decode(StageProgress.self))
        case RunFinished.type: content = .finished(try message.decode(RunFinished.self))
        default:
            throw message.undecodable(
                ReadingRefusal.unknownType,
                "the registry knows no '\(message.envelope.type)' on this topic"
            )
        }
        guard let run = message.envelope.run else { return nil }
        self.run = run
        idpID = message.envelope.identityProvider
        tenant = message.envelope.tenant
        fence = message.envelope.position?.fence ?? Fence(rawValue: 0)
        at = message.envelope.time
        record = message.record
    }

    /// Whether nothing of this is worth keeping once `later` is known.
    func isReplaced(by later: ProgressNews) -> Bool {
        guard case .progress(let old) = content, case .progress(let new) = later.content else { return false }
        return old.stage == new.stage && fence == later.fence && old.pages <= new.pages
            && old.departmentsRead <= new.departmentsRead && old.usersSeen <= new.usersSeen
    }

    /// Whether the run is over by this.
    var isEnd: Bool {
        if case .finished = content { true } else { false }
    }

    /// Stores what is new about the run, if it is this tenant's and not over. The identity provider of a run's end is
    /// locked already.
    func store(in runs: RunStore, on connection: isolated Connection) throws {
        switch content {
        case .progress(let progress):
            try store(progress, on: connection)
        case .finished(let finished):
            let end = RunEnd(
                run: run,
                idpID: idpID,
                outcome: finished.outcome,
                reasons: finished.reasons,
                cause: finished.cause,
                errorCode: finished.errorCode,
                counts: finished.counts,
                fieldReports: finished.fieldReports,
                currentEpoch: finished.currentEpoch,
                isBasis: finished.isBasis,
                stillHeld: finished.stillHeld,
                at: finished.finishedAt
            )
            try runs.finish(end, of: tenant, on: connection)
        }
    }

    /// Whoever tells of a run, it is heard of; one that nobody holds yet, or at present, is told of with fence 0.
    ///
    /// What a later holder of the run tells counts from the start; what an earlier one tells no longer counts.
    private func store(_ progress: StageProgress, on connection: isolated Connection) throws {
        let isFetcher = progress.stage == .fetcher
        let counts =
            isFetcher
            ? [progress.pages, 0, progress.departmentsExpected, progress.departmentsRead, progress.usersSeen]
            : [0, progress.pages, 0, 0, 0]
        let isHeld = fence.rawValue > 0
        let rows = try connection.run(
            """
            update registry.runs
            set progress_at = now(), state = case when \(isHeld) then 'running' else state end,
                started_at = case when \(isHeld) then coalesce(started_at, \(at)) else started_at end
            where id = \(run) and idp = \(idpID) and tenant = \(tenant) and state in ('requested', 'running')
            returning id
            """
        )
        guard isHeld, !rows.isEmpty else { return }
        try connection.run(
            """
            update registry.runs
            set fence = \(fence),
                pages = greatest(\(counts[0])::bigint, case when fence = \(fence) then pages end),
                pages_applied = greatest(\(counts[1])::bigint, case when fence = \(fence) then pages_applied end),
                departments_expected =
                    greatest(\(counts[2])::bigint, case when fence = \(fence) then departments_expected end),
                departments_read = greatest(\(counts[3])::bigint, case when fence = \(fence) then departments_read end),
                users_seen = greatest(\(counts[4])::bigint, case when fence = \(fence) then users_seen end)
            where id = \(run) and fence <= \(fence)
            """
        )
    }
}
