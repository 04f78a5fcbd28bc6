import Kafka
import Messages
import Synchronization

/// How far the runs have come, as far as this process saw them: who comes late is not heard, nor is what follows after
/// the mapper has ended a run (architecture.md §3). The writer has the last word; this spares it work.
final class Positions: Sendable {
    private struct Standing {
        var newest: RunPosition
        /// Whether the mapper has ended this holder's run.
        var isOver = false
    }

    /// What was seen of a partition.
    private struct Partition {
        /// The offset behind all that was begun with.
        var next: Int64 = 0
        var standings: [IdentityProviderID: Standing] = [:]
    }

    private let seen = Mutex<[TopicPartition: Partition]>([:])

    /// A batch begins. What comes again comes as if nothing of it had been seen: of what was made of it the first time
    /// something was not kept, be it a letter to the dead ones.
    ///
    /// - Parameter offsets: Those of the batch, from its first to its last.
    func begin(_ offsets: ClosedRange<Int64>, of partition: TopicPartition) {
        seen.withLock { seen in
            if let known = seen[partition], offsets.lowerBound < known.next { seen[partition] = nil }
            seen[partition, default: Partition()].next = offsets.upperBound + 1
        }
    }

    /// Whether a message of a run is to be handed on.
    ///
    /// - Parameter position: Where the message stands.
    func admit(_ position: RunPosition, of identityProvider: IdentityProviderID, in partition: TopicPartition) -> Bool {
        seen.withLock { seen in
            guard let standing = seen[partition]?.standings[identityProvider], standing.newest >= position else {
                seen[partition, default: Partition()].standings[identityProvider] = Standing(newest: position)
                return true
            }
            return standing.newest == position && !standing.isOver
        }
    }

    /// The run cannot be mapped: nothing more of this holder is handed on.
    func end(_ position: RunPosition, of identityProvider: IdentityProviderID, in partition: TopicPartition) {
        seen.withLock { seen in
            // What came late ends nothing that is newer.
            if let standing = seen[partition]?.standings[identityProvider], standing.newest > position { return }
            seen[partition, default: Partition()].standings[identityProvider] = Standing(newest: position, isOver: true)
        }
    }

    /// Starts anew with a partition, which may come again from an earlier offset.
    func forget(_ partition: TopicPartition) {
        seen.withLock { $0[partition] = nil }
    }
}
