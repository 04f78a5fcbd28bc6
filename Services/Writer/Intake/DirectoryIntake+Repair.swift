import Kafka
import Messages
import Pipeline
import Postgres
import Traces

/// How a repair finds rows that are not what the records say which their hashes name: it writes the records, looks
/// whether a row is other than before, and takes that back. So it judges by the same rules as any run.
extension DirectoryIntake {
    func distrustDamaged(
        _ records: [UserRecord],
        _ fields: MappedFields?,
        _ envelope: Envelope,
        on partition: TopicPartition
    ) async throws {
        let id = envelope.identityProvider
        guard isRepairing(id, on: partition),
            let people = partitions[partition]?.sources[id]?.run?.unproven(records, fields), !people.isEmpty,
            let source = partitions[partition]?.sources[id]?.tried(envelope)
        else { return }
        let damaged = try await database.transaction { connection in
            try Self.changed(of: id, on: connection) { connection in
                var announcement = Announcement(source.run.terms.generation, source.run.terms.userIDCase)
                try UserWriting.write(people, of: id, in: source, announcing: &announcement, on: connection)
            }
        }
        partitions[partition]?.sources[id]?.run?.distrust(damaged)
    }

    func distrustDamaged(
        _ records: [DepartmentRecord],
        _ envelope: Envelope,
        on partition: TopicPartition
    ) async throws {
        let id = envelope.identityProvider
        guard isRepairing(id, on: partition),
            let departments = partitions[partition]?.sources[id]?.run?.unproven(records), !departments.isEmpty,
            let source = partitions[partition]?.sources[id]?.tried(envelope)
        else { return }
        let damaged = try await database.transaction { connection in
            try Self.changed(of: id, on: connection) { connection in
                _ = try DepartmentWriting.write(departments, of: id, in: source, on: connection)
            }
        }
        partitions[partition]?.sources[id]?.run?.distrust(damaged)
    }

    private func isRepairing(_ id: IdentityProviderID, on partition: TopicPartition) -> Bool {
        partitions[partition]?.sources[id]?.run?.kind == .repair
    }

    /// What would be other than before, but for its times and digests, once `body` is done; nothing of it stays.
    private static func changed(
        of id: IdentityProviderID,
        on connection: isolated Connection,
        by body: @Sendable (isolated Connection) throws -> Void
    ) throws -> [DirectoryObject] {
        try connection.trial { connection in
            try body(connection)
            return try Images.changed(of: id, on: connection)
        }
    }
}

extension SourceState {
    /// What a segment says of the run when records are only tried.
    fileprivate func tried(_ envelope: Envelope) -> SourceSegment? {
        guard let run else { return nil }
        return SourceSegment(
            before: standing,
            standing: standing,
            run: run.head,
            counts: RunCounts(),
            refusals: Refusals(),
            trace: envelope.trace
        )
    }
}
