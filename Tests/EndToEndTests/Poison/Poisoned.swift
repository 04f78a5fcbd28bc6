import Kafka
import Messages
import SuiteTesting

/// A record that was sent, and what has to become of it.
struct Poisoned: Sendable {
    let poison: Poison
    let run: RunID
    let position: Position
}
