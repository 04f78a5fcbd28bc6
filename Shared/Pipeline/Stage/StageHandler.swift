public import Kafka

/// What a stage does with what it reads.
///
/// Everything comes at least once: a batch that was handled and not committed comes again, here
/// or in another process, so handling twice must do what handling once does.
public protocol StageHandler: Sendable {
    /// Says where to start in partitions that the group gave to this member: by default, and in those that it does not
    /// name, at the group's commits, or at the log's beginning where there are none.
    ///
    /// A start beyond the log's end is never taken: the log went back, and the partition stops
    /// (architecture.md §5). A throw is tried again until it succeeds or the partitions are taken; nothing of them is
    /// read meanwhile, and nobody else waits for them.
    func assigned(_ partitions: [AssignedPartition]) async throws -> [TopicPartition: Offset]

    /// Told after partitions were taken or given back: nothing more of them is handled, and none is another's yet.
    func revoked(_ partitions: [TopicPartition]) async

    /// Handles a batch; once it returns, the batch is committed.
    ///
    /// Called for several partitions at once, for one partition never twice at once and always in
    /// its order.
    ///
    /// Where a handler knows which record is at fault it returns that one: a throw does not say so, and finding it costs
    /// as many calls as the batch can be halved.
    ///
    /// - Returns: Records that can never be handled; they go to the dead letters together, before the commit. A handler
    ///   that keeps its own position returns none: it writes their letters in the transaction that moves it.
    /// - Throws: Its `FailureClass` says what happens. Permanent: the batch is divided, in its order, until the one
    ///   record is found that fails alone; ``passOver(_:letter:)`` is asked about it, and all others are handled.
    ///   Transient: the same records come again after a while, and the partition waits meanwhile. Fatal: the stage
    ///   ends.
    func handle(_ batch: PartitionBatch) async throws -> [Rejection]

    /// Passes over a record that fails for good when it is handled alone.
    ///
    /// A handler that keeps its own position writes the letter in the transaction that moves its position past the
    /// record, so that neither can be had without the other, and returns true. By default false: the stage sends the
    /// letter before it commits.
    ///
    /// - Parameter letter: The record as it goes to the dead letters.
    /// - Throws: Whatever keeps it from that; the partition waits, and the record comes again. Permanent: the stage sends
    ///   the letter.
    func passOver(_ rejection: Rejection, letter: OutgoingRecord) async throws -> Bool
}

extension StageHandler {
    /// Starts at the group's commits.
    public func assigned(_ partitions: [AssignedPartition]) async throws -> [TopicPartition: Offset] {
        [:]
    }

    /// Does nothing.
    public func revoked(_ partitions: [TopicPartition]) async {}

    /// Leaves the letter to the stage.
    public func passOver(_ rejection: Rejection, letter: OutgoingRecord) async throws -> Bool { false }
}

/// An error of a handler whose state in memory is out of date, because somebody else moved the partition
/// on: the partition is taken from it and given to it anew, with ``StageHandler/assigned(_:)``.
public protocol OutdatedHandlerState: Error {}
