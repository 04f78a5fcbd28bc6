import Kafka
import Logging
import Messages

/// Hands a batch to the handler.
struct PartitionWork: Sendable {
    let handler: any StageHandler
    let deadLetters: DeadLetters
    let metrics: StageMetrics

    /// How far it came.
    struct Outcome: Sendable {
        let partition: TopicPartition
        /// The offset behind the last record handled; `nil` when there is none.
        var next: Int64?
        /// What was in the way, and the offset of the first record that is not handled.
        var failure: (offset: Int64, error: any Error)?
    }

    /// Handles a batch.
    ///
    /// - Parameter failure: What was in the way at the partition the last time.
    func handle(_ batch: PartitionBatch, after failure: PartitionFailures.Failure?) async -> Outcome {
        var outcome = Outcome(partition: batch.partition)
        guard let first = batch.records.first, let last = batch.records.last else { return outcome }
        do {
            let known = failure.flatMap { $0.offset == first.position.offset ? $0 : nil }
            try await handle(batch, attempts: (known?.attempts ?? 0) + 1, firstSeen: known?.firstSeen ?? .now)
            outcome.next = last.position.offset + 1
        } catch {
            outcome.failure = (first.position.offset, error)
        }
        return outcome
    }

    private func handle(_ batch: PartitionBatch, attempts: Int, firstSeen: Timestamp) async throws {
        let start = ContinuousClock.now
        let rejections = try await rejections(in: batch)
        try await deadLetters.send(rejections, attempts: attempts, firstSeen: firstSeen)
        metrics.handled(batch.records.count, rejected: rejections.count, in: .now - start)
    }

    /// Leaves out what the handler cannot decode, and tries again at once with the rest.
    private func rejections(in batch: PartitionBatch) async throws -> [Rejection] {
        var remaining = batch.records
        var undecodable: [Rejection] = []
        while !remaining.isEmpty {
            do {
                let part = PartitionBatch(partition: batch.partition, records: remaining)
                return try await handler.handle(part) + undecodable
            } catch let error as UndecodableMessage {
                guard let index = remaining.firstIndex(where: { $0.position == error.position }) else { throw error }
                undecodable.append(Rejection(record: remaining.remove(at: index), reason: error.reason))
            }
        }
        return undecodable
    }
}
