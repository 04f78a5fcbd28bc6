import Failures
import FoundationEssentials
import Kafka
import Logging
import Messages
import Outbox
import Pipeline
import Postgres
import Traces

/// Keeps `verifier.principals` as `directory.changes.v1` tells it.
///
/// How far an identity provider was followed lies beside its principals and moves in the same transaction
/// (``ProjectionState``), so a replay is harmless and no older state comes back (architecture.md §4). A record that
/// cannot be read goes to the dead letters in that transaction, too.
struct PrincipalProjection: StageHandler {
    let database: Database
    let sessions: SessionStore
    let logger: Logger

    /// The consumer's name.
    static let stage = "auth-verifier"

    /// What is done in one go.
    private enum Piece: Sendable {
        /// Changes of one identity provider, one at least.
        case changes([ProjectedChange])
        /// A record that cannot be read.
        case unreadable(Rejection)
    }

    /// Starts where its own database stands, which may have been set back since the group's commit.
    func assigned(_ partitions: [AssignedPartition]) async throws -> [TopicPartition: Offset] {
        try await database.transaction { try ProjectionPositions.starts(of: partitions, on: $0) }
    }

    /// Applies the records in one transaction. Where PostgreSQL refuses something of them for good, they are applied one
    /// by one in another one, and what is refused becomes a letter there: two transactions, however many these are.
    ///
    /// - Throws: `PostgresError`; permanent where it cannot be said of any record, so that the stage divides the batch.
    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        let last = batch.records.last?.position
        let news: ProjectionNews
        do {
            news = try await apply(Self.pieces(of: batch), upTo: last)
        } catch  where FailureClass(of: error) == .permanent {
            news = try await apply(Self.pieces(of: batch, joining: false), upTo: last, refusing: true)
        }
        tell(news)
        if let last { news.setAside.log(of: last.topicPartition, to: logger) }
        return []
    }

    /// - Parameter isRefusing: Whether a change that is refused for good becomes a letter, and does not end the
    ///   transaction.
    private func apply(
        _ pieces: [Piece],
        upTo last: Position?,
        refusing isRefusing: Bool = false
    ) async throws -> ProjectionNews {
        try await database.transaction { connection in
            var news = ProjectionNews()
            for piece in pieces {
                switch piece {
                case .changes(let changes):
                    if isRefusing {
                        try followUnlessRefused(changes, &news, on: connection)
                    } else {
                        try follow(changes, &news, on: connection)
                    }
                case .unreadable(let rejection): try setAside(rejection, &news, on: connection)
                }
            }
            if let last { try ProjectionPositions.move(past: last, on: connection) }
            try announce(news, on: connection)
            return news
        }
    }

    private func followUnlessRefused(
        _ changes: [ProjectedChange],
        _ news: inout ProjectionNews,
        on connection: isolated Connection
    ) throws {
        do {
            news = try connection.savepoint { [news] connection -> ProjectionNews in
                var news = news
                try follow(changes, &news, on: connection)
                return news
            }
        } catch  where FailureClass(of: error) == .permanent {
            for change in changes {
                try setAside(Rejection(record: change.record, failure: error), &news, on: connection)
            }
        }
    }

    private func setAside(
        _ rejection: Rejection,
        _ news: inout ProjectionNews,
        on connection: isolated Connection
    ) throws {
        news.setAside.add(rejection.cause)
        try passOver(rejection, Self.letter(rejection), &news, on: connection)
    }

    /// The letter is written, and the gap noted, in one transaction. The identity provider's place stays, so that the
    /// record counts if it is redriven before anything after it was applied.
    func passOver(_ rejection: Rejection, letter: OutgoingRecord) async throws -> Bool {
        do {
            let news = try await database.transaction { connection in
                var news = ProjectionNews()
                try passOver(rejection, letter, &news, on: connection)
                try ProjectionPositions.move(past: rejection.record.position, on: connection)
                try announce(news, on: connection)
                return news
            }
            tell(news)
            return true
        } catch  where FailureClass(of: error) == .permanent {
            // The stage sends it, before anything moves the position past the record.
            return false
        }
    }

    /// The batch in its order, those changes side by side that can be applied at once: the more new people there are,
    /// the closer together they lie in the indexes.
    ///
    /// - Parameter isJoining: Otherwise each change is a piece of its own.
    private static func pieces(of batch: PartitionBatch, joining isJoining: Bool = true) throws -> [Piece] {
        var pieces: [Piece] = []
        for record in batch.records {
            do {
                let change = try ProjectedChange(IncomingMessage(record))
                if isJoining, case .changes(let earlier)? = pieces.last, let last = earlier.last, change.joins(last) {
                    pieces[pieces.count - 1] = .changes(earlier + [change])
                } else {
                    pieces.append(.changes([change]))
                }
            } catch let error as UndecodableMessage {
                pieces.append(.unreadable(Rejection(record: record, failure: error)))
            }
        }
        return pieces
    }

    private func follow(
        _ changes: [ProjectedChange],
        _ news: inout ProjectionNews,
        on connection: isolated Connection
    ) throws {
        guard let first = changes.first else { return }
        let idp = first.envelope.identityProvider
        let (tenant, incarnation) = (first.envelope.tenant, first.message.incarnation)
        guard let old = try ProjectionStore.lock(idp, of: tenant, first: incarnation, on: connection) else {
            let reason = "the identity provider is another tenant's"
            let cause = RejectionCause(VerifierRefusal.foreignTenant)
            for change in changes {
                news.setAside.add(cause)
                news.letters.append(Self.letter(Rejection(record: change.record, reason: reason, cause: cause)))
            }
            return
        }
        var state = old
        let steps = changes.map { ($0, state.take($0.message, of: $0.epoch)) }
        try ProjectionStore.keep(state, insteadOf: old, of: idp, on: connection)
        news.add(steps.filter { $0.1 == .passed }.map(\.0))
        news.add(gapsOf: state, in: idp)
        let new = steps.filter { $0.1 == .apply || $0.1 == .complete }.map(\.0)
        guard let last = new.last else { return }

        let batch = ProjectedBatch(new.flatMap(\.message.users), last.message.userIDCase)
        let span = TraceSpan("project principals", kind: .consumer, of: last.envelope.trace)
        span.describe(last.envelope.run, of: idp)
        news.spans.append(span)
        let writing = PrincipalWriting(
            envelope: last.envelope,
            trace: span.context,
            generation: last.message.generation,
            republication: state.republication
        )
        var gone = batch.shutOut + (try writing.write(batch, on: connection))
        if steps.contains(where: { $0.1 == .complete }) { gone += try writing.deleteUnseen(on: connection) }
        let ended = try SessionStore.end(of: gone.map { UserID($0) }, in: idp, on: connection)
        if !ended.isEmpty { news.ended.append((last.envelope, ended)) }
    }

    private func passOver(
        _ rejection: Rejection,
        _ letter: OutgoingRecord,
        _ news: inout ProjectionNews,
        on connection: isolated Connection
    ) throws {
        news.letters.append(letter)
        guard let envelope = try? IncomingMessage(rejection.record).envelope else { return }
        let idp = envelope.identityProvider
        guard let old = try ProjectionStore.lock(idp, of: envelope.tenant, on: connection) else { return }
        var state = old
        state.passOver()
        try ProjectionStore.keep(state, insteadOf: old, of: idp, on: connection)
        news.add(gapsOf: state, in: idp)
    }

    private static func letter(_ rejection: Rejection) -> OutgoingRecord {
        DeadLetters.letter(rejection, stage: stage)
    }

    /// The last thing that a transaction does: it makes other writers of events about the identity providers wait.
    private func announce(_ news: ProjectionNews, on connection: isolated Connection) throws {
        for (envelope, ended) in news.ended {
            try sessions.tell(
                ended,
                in: envelope.identityProvider,
                because: .userDisabled,
                trace: envelope.trace,
                on: connection
            )
        }
        try sessions.events.outbox.append(news.letters, on: connection)
    }

    /// Says what was committed.
    private func tell(_ news: ProjectionNews) {
        if !news.ended.isEmpty || !news.letters.isEmpty { sessions.announce() }
        news.log(to: logger)
    }
}
