import Kafka
import Logging
import Messages
import Pipeline
import Postgres

/// Takes in `directory.records.v1`: judges each record by the index, and writes what has to be written,
/// together with the next offset.
///
/// Where a partition is taken over in the middle of a run, the run's messages are read again from its
/// start, without writing, until the index has seen what the database has.
actor DirectoryIntake: StageHandler {
    let database: Database
    let store: SourceStore
    let writing: SegmentWriting
    let configurations: ConfigurationTable
    let credit: CreditReporting
    let afterCommit: @Sendable () -> Void
    let logger: Logger
    var partitions: [TopicPartition: PartitionIntake] = [:]

    /// - Parameters:
    ///   - afterCommit: Called after each committed segment, so that the outbox is looked at.
    init(
        database: Database,
        publishing: ChangePublishing,
        configurations: ConfigurationTable,
        credit: CreditReporting,
        logger: Logger,
        afterCommit: @escaping @Sendable () -> Void
    ) {
        self.database = database
        store = SourceStore(database: database)
        writing = SegmentWriting(publishing: publishing)
        self.configurations = configurations
        self.credit = credit
        self.logger = logger
        self.afterCommit = afterCommit
    }

    func assigned(_ partitions: [AssignedPartition]) async throws -> [TopicPartition: Offset] {
        var offsets: [TopicPartition: Offset] = [:]
        for partition in partitions.map(\.partition) {
            let (next, start) = try await store.resumption(of: partition)
            self.partitions[partition] = PartitionIntake(partition: partition, nextOffset: next)
            offsets[partition] = next == 0 ? .beginning : .at(start)
        }
        return offsets
    }

    func revoked(_ partitions: [TopicPartition]) {
        for partition in partitions { self.partitions[partition] = nil }
    }

    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        var rejections: [Rejection] = []
        for record in batch.records {
            do {
                try await take(IncomingMessage(record), on: batch.partition)
            } catch let error as UndecodableMessage {
                rejections.append(Rejection(record: record, reason: error.reason))
                skip(record)
            }
        }
        try await commit(batch.partition)
        return rejections
    }
}
