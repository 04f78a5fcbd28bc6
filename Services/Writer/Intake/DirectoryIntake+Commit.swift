import Kafka
import Messages
import Metrics
import Pipeline
import Postgres
import Rebuild
import Traces

/// How segments get into the database.
extension DirectoryIntake {
    /// Writes what has gathered on a partition, and gives the fetchers their credit back.
    ///
    /// - Throws: ``PostgresError``, ``SegmentConflict`` or ``RebuildAttempt/Overtaken``; what is in memory is then as it
    ///   was before.
    func commit(_ partition: TopicPartition) async throws {
        guard var segment = partitions[partition]?.segment else { return }
        if !segment.isEmpty {
            // What is read once more for a rebuild is no part of the runs' traces.
            let spans = attempt == nil ? segment.trace() : []
            let outcomes: [IdentityProviderID: RunOutcomeInHand]
            do {
                let (writing, segment, attempt) = (writing, segment, attempt)
                outcomes = try await database.transaction { connection in
                    if let attempt { try attempt.hold(on: connection) }
                    return try writing.write(segment, on: connection)
                }
            } catch {
                partitions[partition]?.rollBack()
                throw error
            }
            for span in spans { span.end() }
            deadLetters.increment(by: segment.setAside.total)
            segment.setAside.log(of: partition, to: logger)
            partitions[partition]?.commit(outcomes)
            afterCommit()
        }
        try await reportProgress(of: partition)
    }

    private func reportProgress(of partition: TopicPartition) async throws {
        guard let credit, let sources = partitions[partition]?.sources.values else { return }
        for source in sources {
            guard let run = source.run else { continue }
            try await credit.report(run, of: source)
        }
    }
}
