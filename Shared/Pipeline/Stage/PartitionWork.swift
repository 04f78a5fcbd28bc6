import Kafka
import Logging

/// Hands a batch to the handler, and sets aside the records in it that fail for good.
struct PartitionWork: Sendable {
    let stage: String
    let handler: any StageHandler
    let deadLetters: DeadLetters
    let metrics: StageMetrics
    let logger: Logger

    /// How far it came.
    struct Outcome: Sendable {
        let partition: TopicPartition
        /// The offset behind the last record handled; `nil` when there is none.
        var next: Int64?
        /// What was in the way, and the offset of the first record that is not handled.
        var failure: (offset: Int64, error: any Error)?
    }

    /// Handles a batch in its order. What fails for good is divided until the one record is found; what fails for now
    /// ends the batch there. The letters of all that the handler rejects go to the brokers together, at the end.
    ///
    /// - Parameter failure: What was in the way at the partition the last time.
    func handle(_ batch: PartitionBatch, after failure: HeldPartition.Failure?) async -> Outcome {
        let start = ContinuousClock.now
        let known = failure.flatMap { $0.offset == batch.records.first?.position.offset ? $0 : nil }
        var division = BatchDivision(batch, for: self, after: known)
        let outcome = await division.handle()
        metrics.rejected(division.setAside.total)
        division.setAside.log(of: batch.partition, to: logger)
        metrics.handled(
            batch.records.count { $0.position.offset < outcome.next ?? 0 },
            in: .now - start,
            oldest: batch.records.first?.timestamp ?? 0
        )
        return outcome
    }
}
