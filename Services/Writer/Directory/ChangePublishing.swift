import Kafka
import Messages
import Outbox
import Pipeline
import Postgres

/// Puts messages into the outbox, in the transaction that makes them true.
struct ChangePublishing: Sendable {
    /// People and departments that one message carries at most.
    private static let batchSize = 500

    let outbox: Outbox
    let namespace: TopicNamespace
    /// `directory-writer/<instance>`.
    let source: String

    /// Publishes what changed, numbered on from what the identity provider has published in this epoch.
    ///
    /// - Throws: ``PostgresError``.
    func publish(
        users: [DirectoryChanges.UserChange],
        departments: [DirectoryChanges.DepartmentChange],
        from envelope: Envelope,
        on connection: isolated Connection
    ) throws {
        let batches = Self.batches(users: users, departments: departments)
        guard !batches.isEmpty else { return }
        let last = try connection.run(
            """
            update directory.sources set change_sequence = change_sequence + \(batches.count)
            where idp_id = \(envelope.identityProvider.uuid) returning change_sequence
            """
        )
        var sequence = try last[0].decode(Int64.self) - Int64(batches.count)
        var records: [OutgoingRecord] = []
        for var batch in batches {
            sequence += 1
            batch.sequence = sequence
            records.append(try record(batch, from: envelope, to: TopicCatalogue.directoryChanges))
        }
        // Nobody is shut out, or let in again, by a person being new or having another name.
        let canWait = users.indices.allSatisfy { users[$0].kind == .created || users[$0].kind == .updated }
        try outbox.append(records, canWait: canWait, on: connection)
    }

    /// Publishes that a run is over.
    ///
    /// - Throws: ``PostgresError``.
    func publish(_ finished: RunFinished, from envelope: Envelope, on connection: isolated Connection) throws {
        try outbox.append([try record(finished, from: envelope, to: TopicCatalogue.progress)], on: connection)
    }

    /// A record of `message`, with an envelope like `envelope` but of its own.
    func record<M: Message>(_ message: M, from envelope: Envelope, to topic: Topic) throws -> OutgoingRecord {
        let own = Envelope(
            type: M.type,
            source: source,
            tenant: envelope.tenant,
            identityProvider: envelope.identityProvider,
            run: envelope.run,
            position: envelope.position,
            trace: envelope.trace.child()
        )
        return try OutgoingRecord(message, envelope: own, to: topic, in: namespace)
    }

    private static func batches(
        users: [DirectoryChanges.UserChange],
        departments: [DirectoryChanges.DepartmentChange]
    ) -> [DirectoryChanges] {
        slices(departments).map { DirectoryChanges(sequence: 0, departments: Array($0)) }
            + slices(users).map { DirectoryChanges(sequence: 0, users: Array($0)) }
    }

    private static func slices<Element>(_ elements: [Element]) -> [ArraySlice<Element>] {
        stride(from: 0, to: elements.count, by: batchSize).map { start in
            elements[start..<min(start + batchSize, elements.count)]
        }
    }
}
