import Kafka
import Messages
import Outbox
import Pipeline
import Postgres

/// Puts messages into the outbox, in the transaction that makes them true.
struct ChangePublishing: Sendable {
    let outbox: Outbox
    let namespace: TopicNamespace
    /// `directory-writer/<instance>`.
    let source: String

    /// Publishes what changed, numbered on from what the identity provider has published in this epoch.
    ///
    /// - Throws: ``PostgresError``.
    func publish(_ announcement: Announcement, from envelope: Envelope, on connection: isolated Connection) throws {
        let count = announcement.count
        guard count > 0 else { return }
        let last = try connection.run(
            """
            update directory.sources set change_sequence = change_sequence + \(count)
            where idp_id = \(envelope.identityProvider.uuid) returning change_sequence
            """
        )
        let first = try last[0].decode(Int64.self) - Int64(count) + 1
        let records = announcement.messages(from: first).map { json in
            OutgoingRecord(
                encoded: json,
                envelope: own(DirectoryChanges.type, like: envelope),
                to: TopicCatalogue.directoryChanges,
                in: namespace
            )
        }
        try outbox.append(records, canWait: announcement.canWait, on: connection)
    }

    /// Publishes that a run is over.
    ///
    /// - Throws: ``PostgresError``.
    func publish(_ finished: RunFinished, from envelope: Envelope, on connection: isolated Connection) throws {
        try outbox.append([try record(finished, from: envelope, to: TopicCatalogue.progress)], on: connection)
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
            trace: envelope.trace.child()
        )
    }
}
