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
        let good = batch.rejecting(refused, because: "The directory cannot hold the record.")
        partitions[partition]?.take(good, envelope: envelope, isReplay: false)
        let reason = "\(refused.count) people of a page could not be written: \(rejection.reason)"
        partitions[partition]?.refuse(
            page: nil,
            of: batch.origin?.department,
            reason,
            envelope: envelope,
            isReplay: false
        )
        partitions[partition]?.segment.letters.append(letter)
        partitions[partition]?.pass(record.position.offset)
        do {
            try await commit(partition)
        } catch  where FailureClass(of: error) == .permanent {
            return false
        }
        return true
    }

    /// WeCom's ids of the people of the segment who are refused.
    private func refusedPeople(of id: IdentityProviderID, on partition: TopicPartition) async throws -> Set<String> {
        guard let source = partitions[partition]?.segment.sources[id] else { return [] }
        return try await database.transaction { [writing] connection in
            try writing.refused(source.users.list[...], of: id, in: source, on: connection)
        }
    }
}

extension SegmentWriting {
    /// Finds out who is refused, by trying ever smaller parts; nothing of it stays.
    ///
    /// - Returns: WeCom's ids of the people who are refused also alone.
    /// - Throws: ``PostgresError`` but for a permanent one.
    fileprivate func refused(
        _ people: ArraySlice<UserChanges.Change>,
        of id: IdentityProviderID,
        in source: SourceSegment,
        on connection: isolated Connection
    ) throws -> Set<String> {
        guard let first = people.first else { return [] }
        do {
            try connection.trial { try attempt(Array(people), of: id, in: source, on: $0) }
            return []
        } catch  where FailureClass(of: error) != .permanent {
            throw error
        } catch {
            guard people.count > 1 else { return [first.record.externalID] }
        }
        let middle = people.startIndex + people.count / 2
        return try refused(people[..<middle], of: id, in: source, on: connection)
            .union(try refused(people[middle...], of: id, in: source, on: connection))
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

extension UserBatch {
    /// The page without some people, who are told to be rejected.
    fileprivate func rejecting(_ people: Set<String>, because reason: String) -> UserBatch {
        var batch = self
        batch.users.removeAll { people.contains($0.externalID) }
        batch.rejected += people.sorted().map { RejectedRecord(externalID: $0, reason: reason) }
        return batch
    }
}
