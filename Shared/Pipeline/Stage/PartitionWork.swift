import Failures
import Kafka
import Messages

/// Hands a batch to the handler, and finds the records in it that fail for good.
struct PartitionWork: Sendable {
    let stage: String
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

    /// What is still to be done of a batch.
    private enum Part {
        case records(ArraySlice<Record>)
        case refused(Record, any Error)

        var isEmpty: Bool { if case .records(let records) = self { records.isEmpty } else { false } }

        var first: Int64 {
            switch self {
            case .records(let records): records.first?.position.offset ?? 0
            case .refused(let record, _): record.position.offset
            }
        }

        var end: Int64 {
            switch self {
            case .records(let records): (records.last?.position.offset ?? 0) + 1
            case .refused(let record, _): record.position.offset + 1
            }
        }
    }

    /// Handles a batch in its order. What fails for good is divided until the one record is found; what fails for now
    /// ends the batch there.
    ///
    /// - Parameter failure: What was in the way at the partition the last time.
    func handle(_ batch: PartitionBatch, after failure: HeldPartition.Failure?) async -> Outcome {
        var outcome = Outcome(partition: batch.partition)
        let start = ContinuousClock.now
        var parts: [Part] = [.records(batch.records[...])]
        while let part = parts.popLast() {
            let known = failure.flatMap { $0.offset == part.first ? $0 : nil }
            let attempts = (known?.attempts ?? 0) + 1
            do {
                let rejections = try await settle(part, attempts: attempts, firstSeen: known?.firstSeen ?? .now)
                metrics.rejected(rejections)
                outcome.next = part.end
            } catch let error as Refusal {
                parts += error.parts.reversed()
            } catch {
                outcome.failure = (part.first, error)
                break
            }
        }
        metrics.handled(
            batch.records.count { $0.position.offset < outcome.next ?? 0 },
            in: .now - start,
            oldest: batch.records.first?.timestamp ?? 0
        )
        return outcome
    }

    /// A part that failed for good, divided.
    private struct Refusal: Error { let parts: [Part] }

    /// - Returns: How many records went to the dead letters.
    private func settle(_ part: Part, attempts: Int, firstSeen: Timestamp) async throws -> Int {
        switch part {
        case .records(let records):
            let rejections = try await handle(records)
            try await deadLetters.send(rejections, attempts: attempts, firstSeen: firstSeen)
            return rejections.count
        case .refused(let record, let error):
            let rejection = Rejection(record: record, failure: error)
            let letter = DeadLetters.letter(rejection, stage: stage, attempts: attempts, firstSeen: firstSeen)
            if try await !handler.passOver(rejection, letter: letter) {
                try await deadLetters.send([rejection], attempts: attempts, firstSeen: firstSeen)
            }
            return 1
        }
    }

    private func handle(_ records: ArraySlice<Record>) async throws -> [Rejection] {
        guard let first = records.first else { return [] }
        do {
            let batch = PartitionBatch(partition: first.position.topicPartition, records: Array(records))
            return try await handler.handle(batch)
        } catch  where FailureClass(of: error) == .permanent && !Task.isCancelled {
            throw Refusal(parts: Self.divide(records, error))
        }
    }

    /// Around the record that the error names, else in halves.
    private static func divide(_ records: ArraySlice<Record>, _ error: any Error) -> [Part] {
        let named = (error as? UndecodableMessage).flatMap { named in
            records.firstIndex { $0.position == named.position }
        }
        if let index = named ?? (records.count == 1 ? records.startIndex : nil) {
            let (before, after) = (records[..<index], records[(index + 1)...])
            return [.records(before), .refused(records[index], error), .records(after)].filter { !$0.isEmpty }
        }
        let middle = records.startIndex + records.count / 2
        return [.records(records[..<middle]), .records(records[middle...])]
    }
}
