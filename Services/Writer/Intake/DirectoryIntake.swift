import Failures
import Kafka
import Logging
import Messages
import Metrics
import Pipeline
import Postgres
import Rebuild

/// Takes in `directory.records.v1`: judges each record by the index, and writes what has to be written,
/// together with the next offset.
///
/// It goes by what the log says alone, so that a log that is read again makes the same directory (architecture.md §3.2).
/// Where a partition is taken over in the middle of a run, the run's messages are read again from its
/// start, without writing, until the index has seen what the database has.
actor DirectoryIntake: StageHandler {
    /// The consumer's name in `TopicCatalogue.consumers`.
    static let stage = "directory-writer"

    let database: Database
    let store: SourceStore
    let positions: PartitionPositions
    let writing: SegmentWriting
    /// `nil` where the fetchers are to hear of nothing.
    let credit: CreditReporting?
    /// The rebuild for which it fills a directory of which nobody is told; `nil` for the live one.
    let attempt: RebuildAttempt?
    let afterCommit: @Sendable () -> Void
    let logger: Logger
    let deadLetters = Counter(label: "stage.dead_letters", dimensions: [("stage", DirectoryIntake.stage)])
    var partitions: [TopicPartition: PartitionIntake] = [:]

    /// - Parameters:
    ///   - historyDays: For how long it is kept what objects were.
    ///   - mostPlanned: People and departments that a plan may have.
    ///   - credit: Gives the fetchers their credit back; `nil` where they are to hear of nothing.
    ///   - attempt: The rebuild for which it is; `nil` for the live directory.
    ///   - afterCommit: Called after each committed segment, so that the outbox is looked at.
    init(
        database: Database,
        publishing: ChangePublishing,
        historyDays: Int,
        mostPlanned: Int = PlanWriting.mostObjects,
        credit: CreditReporting?,
        rebuilding attempt: RebuildAttempt? = nil,
        logger: Logger,
        afterCommit: @escaping @Sendable () -> Void
    ) {
        self.database = database
        store = SourceStore(database: database)
        positions = PartitionPositions(publishing: publishing)
        writing = SegmentWriting(publishing: publishing, historyDays: historyDays, mostPlanned: mostPlanned)
        self.credit = credit
        self.attempt = attempt
        self.logger = logger
        self.afterCommit = afterCommit
    }

    func assigned(_ partitions: [AssignedPartition]) async throws -> [TopicPartition: Offset] {
        let resumptions = try await database.transaction { [positions] connection in
            try positions.resume(partitions, on: connection)
        }
        if let incarnation = resumptions.newIncarnation {
            logger.warning(
                "the directory is behind what was told of it: all of it is told anew",
                metadata: ["incarnation": "\(incarnation)"]
            )
        }
        var offsets: [TopicPartition: Offset] = [:]
        for (partition, resumption) in resumptions.byPartition {
            self.partitions[partition] = PartitionIntake(partition: partition, nextOffset: resumption.next)
            offsets[partition] = resumption.next == 0 ? .beginning : .at(resumption.start)
        }
        afterCommit()
        return offsets
    }

    func revoked(_ partitions: [TopicPartition]) {
        for partition in partitions { self.partitions[partition] = nil }
    }

    /// Takes in the records; those that cannot be read are passed over in the same transaction. Where PostgreSQL refuses
    /// something, so are people of whom it can be seen why, however many these are.
    ///
    /// - Returns: Nothing: the dead letters go through the outbox.
    /// - Throws: ``PostgresError``, permanent where it refuses the data; ``SegmentConflict``. What is in memory is then as
    ///   the database has it.
    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        do {
            try await take(batch)
        } catch  where FailureClass(of: error) == .permanent && !Task.isCancelled {
            let suspects = batch.withNullCharacters
            guard !suspects.isEmpty else { throw error }
            try await take(batch, doubting: suspects)
        }
        return []
    }

    /// - Parameter suspects: The offsets of the records in which people are looked for who cannot be stored.
    private func take(_ batch: PartitionBatch, doubting suspects: Set<Int64> = []) async throws {
        do {
            for record in batch.records {
                try await take(record, isDoubtful: suspects.contains(record.position.offset))
            }
            try await commit(batch.partition)
        } catch {
            partitions[batch.partition]?.rollBack()
            throw error
        }
    }

    /// Passes over a record that the database or the outbox refuses, with what can be had of it.
    func passOver(_ rejection: Rejection, letter: OutgoingRecord) async throws -> Bool {
        let partition = rejection.record.position.topicPartition
        do {
            if try await takeGoodPart(of: rejection, letter: letter) { return true }
            try await refuse(rejection, letter: letter)
            try await commit(partition)
        } catch {
            partitions[partition]?.rollBack()
            throw error
        }
        return true
    }
}
