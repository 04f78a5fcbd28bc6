import Failures
import Kafka
import Messages

/// A batch in the handler's hands: whole, unless it fails for good. Then it is divided, in its order, until the one
/// record is found that fails alone.
struct BatchDivision {
    private let batch: PartitionBatch
    private let work: PartitionWork
    /// How often the batch was handled in vain, this time included, and when first.
    private let attempts: Int
    private let firstSeen: Timestamp
    /// The offset behind the last record handled; `nil` when there is none.
    private var next: Int64?
    /// The first record of what is in hand.
    private var current: Int64
    /// Rejected, and not with the brokers yet: none of it is handled before it is.
    private var owed: [Rejection] = []
    private var areLettersStuck = false
    /// What was set aside for good.
    private(set) var setAside = ReasonCounts()

    /// - Parameter failure: What was in the way at the batch's first record the last time.
    init(_ batch: PartitionBatch, for work: PartitionWork, after failure: HeldPartition.Failure?) {
        self.batch = batch
        self.work = work
        attempts = (failure?.attempts ?? 0) + 1
        firstSeen = failure?.firstSeen ?? .now
        current = batch.records.first?.position.offset ?? 0
    }

    /// Handles all that can be handled.
    mutating func handle() async -> PartitionWork.Outcome {
        var failure: (any Error)?
        do {
            try await handle(batch.records[...])
        } catch {
            failure = error
        }
        var failed = current
        do {
            if !areLettersStuck { try await sendLetters() }
        } catch {
            failure = failure ?? error
        }
        // All up to the first letter that is owed.
        if let owed = owed.map(\.record.position.offset).min() {
            failed = owed
            next = batch.records.last(where: { $0.position.offset < owed }).map { $0.position.offset + 1 }
        }
        var outcome = PartitionWork.Outcome(partition: batch.partition, next: next)
        if let failure { outcome.failure = (failed, failure) }
        return outcome
    }

    /// - Parameter isSuspect: Whether it is known that some of them fail together, so that this need not be seen again.
    /// - Returns: Whether some failed.
    @discardableResult
    private mutating func handle(_ records: ArraySlice<Record>, isSuspect: Bool = false) async throws -> Bool {
        guard let first = records.first, let last = records.last else { return false }
        if !isSuspect || records.count == 1 {
            current = first.position.offset
            do {
                let part = PartitionBatch(partition: batch.partition, records: Array(records))
                let rejections = try await work.handler.handle(part)
                owed += rejections
                next = last.position.offset + 1
                return false
            } catch  where FailureClass(of: error) == .permanent && !Task.isCancelled {
                if let index = Self.culprit(of: error, in: records) {
                    try await handle(records[..<index])
                    try await passOver(records[index], error)
                    try await handle(records[(index + 1)...])
                    return true
                }
            }
        }
        let middle = records.startIndex + records.count / 2
        let isInFirst = try await handle(records[..<middle])
        let isInSecond = try await handle(records[middle...], isSuspect: !isInFirst)
        return isInFirst || isInSecond
    }

    /// The record that the error names, or the only one.
    private static func culprit(of error: any Error, in records: ArraySlice<Record>) -> Int? {
        if records.count == 1 { return records.startIndex }
        guard let named = error as? UndecodableMessage else { return nil }
        return records.firstIndex { $0.position == named.position }
    }

    private mutating func passOver(_ record: Record, _ error: any Error) async throws {
        current = record.position.offset
        let rejection = Rejection(record: record, failure: error)
        let letter = DeadLetters.letter(rejection, stage: work.stage, attempts: attempts, firstSeen: firstSeen)
        if try await isPassedOver(rejection, letter) {
            setAside.add(rejection.cause)
        } else {
            // At once: a handler that keeps its own position moves it past the record with what comes next.
            owed.append(rejection)
            try await sendLetters()
        }
        next = record.position.offset + 1
    }

    /// What the handler cannot write in its own transaction either must not hold up the partition.
    private func isPassedOver(_ rejection: Rejection, _ letter: OutgoingRecord) async throws -> Bool {
        do {
            return try await work.handler.passOver(rejection, letter: letter)
        } catch  where FailureClass(of: error) == .permanent && !Task.isCancelled {
            return false
        }
    }

    private mutating func sendLetters() async throws {
        do {
            try await work.deadLetters.send(owed, attempts: attempts, firstSeen: firstSeen)
        } catch {
            areLettersStuck = true
            throw error
        }
        for rejection in owed { setAside.add(rejection.cause) }
        owed = []
    }
}
