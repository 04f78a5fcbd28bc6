import FoundationEssentials
import Kafka
import Messages
import Pipeline
import Postgres

/// The end of a run that the writer never hears of.
struct RunEnd: Equatable, Sendable {
    let subject: RunSubject
    let failure: RunFailure
}

/// Answers runs that never reach the writer: every run gets its `RunFinished` (architecture.md §3.3).
struct RunAnswers: Sendable {
    let database: Database
    let producer: Producer
    let namespace: TopicNamespace
    /// What envelopes give as their source.
    let source: String

    /// How long an answer may be on its way before somebody else gives it, too.
    private static let patience: SQL = "interval '30 seconds'"
    /// Answers that are given together.
    private static let batchSize = 200

    /// Answers runs, and returns once the brokers have it.
    ///
    /// - Throws: `PostgresError`, `KafkaError`.
    func send(_ ends: [RunEnd]) async throws {
        guard !ends.isEmpty else { return }
        let idps = Set(ends.map(\.subject.identityProvider.uuid))
        let rows = try await database.run(
            "select idp, epoch from fetcher.leases where idp = any(\(Array(idps))::uuid[])"
        )
        let epochs = Dictionary(try rows.map { try $0.decode(UUID.self, Int64.self) }) { max($0, $1) }
        try await producer.send(
            try ends.map { end in
                let known = Epoch(rawValue: epochs[end.subject.identityProvider.uuid] ?? 0)
                return try record(end, currentEpoch: max(known, end.subject.epoch))
            }
        )
    }

    /// Answers all rows of the inbox that have ended without the writer; each is done only once the brokers have its
    /// answer, so that none is left out, whoever dies meanwhile.
    ///
    /// - Throws: `PostgresError`, `KafkaError`.
    func answerEnded() async throws {
        while true {
            let ends = try await claim()
            guard !ends.isEmpty else { return }
            try await send(ends)
            let runs = ends.map(\.subject.run.uuid)
            try await database.run(
                """
                update fetcher.inbox set state = 'done', finished_at = now()
                where state = 'ended' and run = any(\(runs)::uuid[])
                """
            )
        }
    }

    private func claim() async throws -> [RunEnd] {
        try await database.run(
            """
            update fetcher.inbox i set not_before = now() + \(Self.patience)
            where i.run in (
                select run from fetcher.inbox where state = 'ended'
                    and (not_before <= now() or not_before > now() + 2 * \(Self.patience))
                order by not_before limit \(Self.batchSize) for update skip locked
            )
            returning \(RunSubject.columns), i.ending
            """
        )
        .map { row in
            let ending = try row.dropFirst(RunSubject.columnCount).decode(String.self)
            return RunEnd(subject: try RunSubject(row), failure: Self.failure(ending))
        }
    }

    /// An end that another version of this program wrote is an end all the same.
    private static func failure(_ json: String) -> RunFailure {
        (try? MessageJSON.decoder.decode(RunFailure.self, from: Data(json.utf8)))
            ?? RunFailure(.failed, "The run ended for a reason that cannot be read.", cause: .unreadable)
    }

    private func record(_ end: RunEnd, currentEpoch: Epoch) throws -> OutgoingRecord {
        let finished = RunFinished(
            outcome: end.failure.outcome,
            counts: RunCounts(),
            reasons: [end.failure.reason],
            cause: end.failure.cause,
            errorCode: end.failure.errorCode,
            currentEpoch: currentEpoch,
            finishedAt: .now
        )
        let envelope = end.subject.envelope(RunFinished.type, source: source, fence: Fence(rawValue: 0))
        return try OutgoingRecord(finished, envelope: envelope, to: TopicCatalogue.progress, in: namespace)
    }
}
