import Kafka
import Messages
import Synchronization

/// How far the runs have come, as far as this process saw them: who comes late is not heard
/// (architecture.md §3). The writer has the last word; this spares it work.
final class Positions: Sendable {
    private let seen = Mutex<[TopicPartition: [IdentityProviderID: RunPosition]]>([:])

    /// Whether a message of a run is of the newest holder that was seen.
    func admit(_ envelope: Envelope, in partition: TopicPartition) throws -> Bool {
        guard let position = envelope.position, envelope.run != nil else {
            throw Unmappable("the message belongs to no run")
        }
        return seen.withLock { seen in
            if let newest = seen[partition]?[envelope.identityProvider], newest > position { return false }
            seen[partition, default: [:]][envelope.identityProvider] = position
            return true
        }
    }

    /// Starts anew with a partition, which may come again from an earlier offset.
    func forget(_ partition: TopicPartition) {
        seen.withLock { $0[partition] = nil }
    }
}
