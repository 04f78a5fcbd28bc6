import Kafka
import Logging
import Runtime

/// Commits, one under way at a time, of all that was handled meanwhile. A partition's next batch begins once the last
/// one is committed: a member that cannot reach its group handles nothing that others may have by then.
extension StageLoop {
    struct Commits {
        let backoff: Backoff
        var isUnderWay = false
        private(set) var failure: String?
        private(set) var notBefore: ContinuousClock.Instant?
        private(set) var attempts = 0

        init(backoff: Backoff) { self.backoff = backoff }

        mutating func succeed() { (failure, notBefore, attempts) = (nil, nil, 0) }

        mutating func fail(_ error: any Error) {
            attempts += 1
            notBefore = .now + backoff.delay(attempt: attempts)
            failure = "\(error)"
        }
    }

    /// How often is tried to commit what the group wants back.
    private static let attemptsOfRevoked = 3

    mutating func commit(_ events: inout Events) {
        let offsets = held.compactMapValues(\.uncommitted)
        guard !offsets.isEmpty, !commits.isUnderWay, commits.notBefore.map({ $0 <= .now }) ?? true else { return }
        commits.isUnderWay = true
        events.addTask { [consumer] in
            do {
                try await consumer.commit(offsets)
                return .committed(offsets, nil)
            } catch {
                return .committed(offsets, error)
            }
        }
    }

    mutating func take(_ error: (any Error)?, for offsets: [TopicPartition: Int64]) throws {
        commits.isUnderWay = false
        guard let error else {
            commits.succeed()
            for (partition, offset) in offsets where held[partition]?.uncommitted == offset { conclude(partition) }
            return
        }
        let failure = error as? KafkaError
        if failure?.isFatal ?? false { throw error }
        commits.fail(error)
        if !isStopping { logger.warning("the commit failed", metadata: ["error": "\(error)"]) }
        let isLost = failure?.isAssignmentLost ?? false || consumer.isAssignmentLost
        for partition in offsets.keys {
            let isRevoked = held[partition]?.isRevoked ?? false
            let isVain = isRevoked && (isLost || commits.attempts >= Self.attemptsOfRevoked)
            // What is not committed comes again, here or at another member.
            if isVain || (isStopping && (isLost || commits.attempts > 1 || error is CancellationError)) {
                conclude(partition)
            }
        }
        if held.values.allSatisfy({ $0.uncommitted == nil }) { commits.succeed() }
    }

    private mutating func conclude(_ partition: TopicPartition) {
        held[partition]?.uncommitted = nil
        settle(partition)
    }
}
