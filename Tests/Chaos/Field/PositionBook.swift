import Kafka
import Synchronization

/// Where records lie that were forged.
final class PositionBook: Sendable {
    private let positions = Mutex<Set<Position>>([])

    func note(_ position: Position) { positions.withLock { _ = $0.insert(position) } }

    func contains(_ position: Position) -> Bool { positions.withLock { $0.contains(position) } }
}
