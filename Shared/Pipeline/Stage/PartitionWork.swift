import Kafka
import Logging
import Messages
import ServiceLifecycle

/// Hands one partition's records to the handler, in batches of bounded size.
struct PartitionWork: Sendable {
    let handler: any StageHandler
    let deadLetters: DeadLetters
    let metrics: StageMetrics
    let settings: StageSettings

    /// How far it came.
    struct Outcome: Sendable {
        let partition: TopicPartition
        /// The offset behind the last record handled; `nil` when there is none.
        var next: Int64?
        /// What stopped it before the end, and at which offset.
        var failure: (offset: Int64, error: any Error)?
    }

    /// Handles batch after batch until the end, an error, or until the program is to stop.
    func handle(_ records: PartitionBatch, after failure: PartitionFailures.Failure?) async -> Outcome {
        var outcome = Outcome(partition: records.partition)
        for batch in split(records) {
            guard let first = batch.records.first, let last = batch.records.last else { continue }
            if Task.isShuttingDownGracefully || Task.isCancelled { break }
            do {
                let known = failure.flatMap { $0.offset == first.position.offset ? $0 : nil }
                try await handle(batch, attempts: (known?.attempts ?? 0) + 1, firstSeen: known?.firstSeen ?? .now)
                outcome.next = last.position.offset + 1
            } catch {
                outcome.failure = (first.position.offset, error)
                break
            }
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

    private func split(_ batch: PartitionBatch) -> [PartitionBatch] {
        var batches: [PartitionBatch] = []
        var (records, bytes) = ([Record](), 0)
        func close() {
            if !records.isEmpty { batches.append(PartitionBatch(partition: batch.partition, records: records)) }
            (records, bytes) = ([], 0)
        }
        for record in batch.records {
            let size = record.value?.count ?? 0
            if records.count >= settings.batchRecords || bytes + size > settings.batchBytes { close() }
            records.append(record)
            bytes += size
        }
        close()
        return batches
    }
}
