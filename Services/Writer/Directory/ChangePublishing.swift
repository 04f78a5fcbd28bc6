import FoundationEssentials
import Kafka
import Messages
import Outbox
import Pipeline
import Postgres
import Traces

/// Puts messages into the outbox, in the transaction that makes them true.
struct ChangePublishing: Sendable {
    let outbox: Outbox
    let namespace: TopicNamespace
    /// `directory-writer/<instance>`.
    let source: String

    /// Publishes what changed, numbered on from what the identity provider has published in this epoch; or all of the
    /// identity provider, if it has to be told anew (``Republication``). The transaction has the identity provider's row.
    ///
    /// - Throws: ``PostgresError``.
    func publish(_ announcement: Announcement, from envelope: Envelope, on connection: isolated Connection) throws {
        let count = announcement.count
        guard count > 0 else { return }
        // By a statement that begins when the row is locked, so that it sees which life of the directory it is.
        let rows = try connection.run(
            """
            update sources s
            set change_sequence = change_sequence + case when s.announced = i.id then \(count)::bigint else 0 end
            from incarnation i where s.idp_id = \(envelope.identityProvider.uuid)
            returning s.change_sequence, i.id, s.announced is not distinct from i.id
            """
        )
        let (last, incarnation, isAnnounced) = try rows[0].decode(Int64.self, UUID.self, Bool.self)
        guard isAnnounced else {
            _ = try Republication(publishing: self).publish(envelope, on: connection)
            return
        }
        let first = last - Int64(count) + 1
        let records = announcement.drafts.enumerated().map { index, draft in
            let json = draft.finish(
                incarnation: Incarnation(incarnation),
                generation: announcement.generation,
                userIDCase: announcement.userIDCase,
                sequence: first + Int64(index)
            )
            return record(json, from: envelope)
        }
        try outbox.append(records, canWait: announcement.canWait, on: connection)
    }

    /// Publishes that a run is over.
    ///
    /// - Throws: ``PostgresError``.
    func publish(_ finished: RunFinished, from envelope: Envelope, on connection: isolated Connection) throws {
        try outbox.append([try record(finished, from: envelope, to: TopicCatalogue.progress)], on: connection)
    }

    /// A record of changes, already written, with an envelope like `envelope` but of its own.
    func record(_ changes: [UInt8], from envelope: Envelope) -> OutgoingRecord {
        OutgoingRecord(
            encoded: changes,
            envelope: own(DirectoryChanges.type, like: envelope),
            to: TopicCatalogue.directoryChanges,
            in: namespace
        )
    }

    /// A record of `message`, with an envelope like `envelope` but of its own.
    func record<M: Message>(_ message: M, from envelope: Envelope, to topic: Topic) throws -> OutgoingRecord {
        try OutgoingRecord(message, envelope: own(M.type, like: envelope), to: topic, in: namespace)
    }

    private func own(_ type: MessageType, like envelope: Envelope) -> Envelope {
        Envelope(
            type: type,
            source: source,
            tenant: envelope.tenant,
            identityProvider: envelope.identityProvider,
            run: envelope.run,
            position: envelope.position,
            trace: envelope.trace
        )
    }
}
