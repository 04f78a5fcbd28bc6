public import Kafka

/// What a stage does with what it reads.
///
/// Everything comes at least once: a batch that was handled and not committed comes again, here
/// or in another process, so handling twice must do what handling once does.
public protocol StageHandler: Sendable {
    /// Says where to start in partitions that the group gave to this member: by default at the
    /// group's commits. A throw is tried again until it succeeds or the partitions are taken.
    func assigned(_ partitions: [TopicPartition]) async throws -> [TopicPartition: Offset]

    /// Told after partitions were taken or given back: nothing more of them is handled.
    func revoked(_ partitions: [TopicPartition]) async

    /// Handles a batch; once it returns, the batch is committed.
    ///
    /// Called for several partitions at once, for one partition never twice at once and always in
    /// its order.
    ///
    /// - Returns: Records that can never be handled; they go to the dead letters before the commit.
    /// - Throws: ``UndecodableMessage`` to have that record go to the dead letters and the batch
    ///   come again without it. Anything else is transient: the same records come again after a
    ///   while, and the partition waits meanwhile.
    func handle(_ batch: PartitionBatch) async throws -> [Rejection]
}

extension StageHandler {
    /// Starts at the group's commits.
    public func assigned(_ partitions: [TopicPartition]) async throws -> [TopicPartition: Offset] {
        [:]
    }

    /// Does nothing.
    public func revoked(_ partitions: [TopicPartition]) async {}
}

/// A record that can never be handled, and why.
public struct Rejection: Sendable {
    /// The record as it came.
    public let record: Record
    /// Why, for whoever looks at the dead letters.
    public let reason: String

    /// - Parameters:
    ///   - record: The record as it came.
    ///   - reason: Why, for whoever looks at the dead letters.
    public init(record: Record, reason: String) {
        self.record = record
        self.reason = reason
    }
}

/// An error of a handler whose state in memory is out of date, because somebody else moved the partition
/// on: the partition is taken from it and given to it anew, with ``StageHandler/assigned(_:)``.
public protocol OutdatedHandlerState: Error {}
