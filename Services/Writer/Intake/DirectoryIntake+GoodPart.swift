import Failures
import Kafka
import Messages
import Outbox
import Pipeline
import Postgres

/// How a page is taken in of which the database, or the outbox, refuses somebody.
extension DirectoryIntake {
    /// Takes in a page of people but for those who are refused, each of whom counts as rejected.
    ///
    /// - Returns: Whether that was to be done: the record is a page that counts, and it is individuals who are refused.
    func takeGoodPart(of rejection: Rejection, letter: OutgoingRecord) async throws -> Bool {
        let record = rejection.record
        let partition = record.position.topicPartition
        guard !isReplay(record), let message = try? IncomingMessage(record), let position = message.envelope.position,
            let batch = try? message.decode(UserBatch.self)
        else { return false }
        let envelope = message.envelope
        try await meet(envelope, on: partition)
        guard !isForeign(envelope, on: partition), accepts(position, of: envelope.identityProvider, on: partition)
        else { return false }
        partitions[partition]?.take(batch, envelope: envelope, isReplay: false)
        let refused = try await refusedPeople(of: envelope.identityProvider, on: partition)
        partitions[partition]?.rollBack()
        guard !refused.isEmpty else { return false }
        partitions[partition]?.take(batch.rejecting(refused), envelope: envelope, isReplay: false)
        tellMissing(refused.count, of: batch, envelope, because: rejection.reason, letter: letter, on: partition)
        partitions[partition]?.pass(record.position.offset)
        do {
            try await commit(partition)
        } catch  where FailureClass(of: error) == .permanent {
            return false
        }
        return true
    }

    /// Has the run know that some people of a page are missing, which goes to the dead letters.
    func tellMissing(
        _ count: Int,
        of batch: UserBatch,
        _ envelope: Envelope,
        because cause: String,
        letter: OutgoingRecord,
        on partition: TopicPartition
    ) {
        let reason = "\(count) people of a page could not be written: \(cause)"
        let department = batch.origin?.department
        partitions[partition]?.refuse(page: nil, of: department, reason, envelope: envelope, isReplay: false)
        partitions[partition]?.segment.letters.append(letter)
    }

    /// WeCom's ids of the people of the segment who are refused.
    private func refusedPeople(of id: IdentityProviderID, on partition: TopicPartition) async throws -> Set<String> {
        guard let source = partitions[partition]?.segment.sources[id] else { return [] }
        return try await database.transaction { [writing] connection in
            try writing.refused(source.users.list, of: id, in: source, on: connection)
        }
    }
}

extension SegmentWriting {
    /// Finds out who is refused where all together are; nothing of it stays.
    ///
    /// - Returns: WeCom's ids of the people who are refused also alone.
    /// - Throws: ``PostgresError`` but for a permanent one.
    fileprivate func refused(
        _ people: [UserChanges.Change],
        of id: IdentityProviderID,
        in source: SourceSegment,
        on connection: isolated Connection
    ) throws -> Set<String> {
        let sifted = try connection.trial { connection -> Sifted<Int> in
            try connection.sift(people) { part, connection -> Int in
                try attempt(Array(part), of: id, in: source, on: connection)
                return part.count
            }
        }
        return Set(sifted.refused.map { people[$0.place].record.externalID })
    }

    private func attempt(
        _ people: [UserChanges.Change],
        of id: IdentityProviderID,
        in source: SourceSegment,
        on connection: isolated Connection
    ) throws {
        var announcement = Announcement(
            source.run.terms.generation,
            source.run.terms.userIDCase,
            tellsContacts: source.run.tellsContacts
        )
        try UserWriting.write(people, of: id, in: source, announcing: &announcement, on: connection)
        let envelope = Envelope(
            type: DirectoryChanges.type,
            source: publishing.source,
            tenant: source.standing.tenant,
            identityProvider: id
        )
        let records = announcement.drafts.map { draft in
            let json = draft.finish(
                incarnation: Incarnation(id.uuid),
                generation: announcement.generation,
                userIDCase: announcement.userIDCase,
                sequence: .max
            )
            return publishing.record(json, from: envelope)
        }
        try publishing.outbox.append(records, on: connection)
    }
}
